package io.mayfly.http;

import java.net.URI;
import java.util.Map;

/**
 * A request.
 *
 * @param headers without Host, Content-Length and Connection, which the connection adds
 * @param body empty for none
 */
public record Request(String method, URI uri, Map<String, String> headers, byte[] body) {

    /** Without headers and body, which hold what gives access. */
    @Override
    public String toString() {
        return method + " " + uri;
    }
}
