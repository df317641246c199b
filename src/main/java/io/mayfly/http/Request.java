package io.mayfly.http;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * A request.
 *
 * @param headers without Host, Content-Length and Connection, which the connection adds
 * @param body empty for none
 */
public record Request(String method, URI uri, Map<String, String> headers, byte[] body) {

    /** As it is sent. */
    byte[] bytes(Origin origin) {
        var path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        var head = new StringBuilder(512)
                .append(method)
                .append(' ')
                .append(uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery())
                .append(" HTTP/1.1\r\nHost: ")
                .append(origin.authority())
                .append("\r\n");
        headers.forEach((name, value) -> {
            if (value.indexOf('\r') >= 0 || value.indexOf('\n') >= 0) {
                throw new IllegalArgumentException("line end in the header " + name);
            }
            head.append(name).append(": ").append(value).append("\r\n");
        });
        if (body.length > 0 || method.equals("POST")) {
            head.append("Content-Length: ").append(body.length).append("\r\n");
        }
        var bytes = new ByteArrayOutputStream(head.length() + body.length + 2);
        bytes.writeBytes(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        bytes.writeBytes(body);
        return bytes.toByteArray();
    }

    /** Without headers and body, which hold what gives access. */
    @Override
    public String toString() {
        return method + " " + uri;
    }
}
