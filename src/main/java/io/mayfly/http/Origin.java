package io.mayfly.http;

import java.net.URI;

/** Where a connection leads. */
record Origin(boolean tls, String host, int port) {

    static Origin of(URI uri) {
        var tls = "https".equalsIgnoreCase(uri.getScheme());
        return new Origin(tls, uri.getHost(), uri.getPort() >= 0 ? uri.getPort() : tls ? 443 : 80);
    }

    /** The value of the Host header; standard ports are left out, as those who sign it do. */
    String authority() {
        return port == (tls ? 443 : 80) ? host : host + ":" + port;
    }
}
