package io.mayfly.playground;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** One HTTP response. */
public record Response(int status, Map<String, String> headers, String body) {

    public Response {
        headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
    }

    static Response json(int status, Object body) {
        return json(status, body, Map.of());
    }

    static Response json(int status, Object body, Map<String, String> headers) {
        return new Response(status, headers, Json.write(body))
                .withDefault("Content-Type", "application/json; charset=utf-8");
    }

    /** The same response with one header more; a header that is there already stays, whatever its case. */
    Response withDefault(String name, String value) {
        if (headers.keySet().stream().anyMatch(name::equalsIgnoreCase)) {
            return this;
        }
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new Response(status, more, body);
    }
}
