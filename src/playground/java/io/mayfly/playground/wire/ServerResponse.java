package io.mayfly.playground.wire;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One HTTP response.
 *
 * @param twice whether it is sent once more than was asked for
 * @param staged whether a test has put it in the place of what the service would say
 */
public record ServerResponse(int status, Map<String, String> headers, String body, boolean twice, boolean staged) {

    public ServerResponse {
        headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
    }

    public ServerResponse(int status, Map<String, String> headers, String body) {
        this(status, headers, body, false, false);
    }

    ServerResponse sentTwice() {
        return new ServerResponse(status, headers, body, true, staged);
    }

    /** The same response, which no description of the service needs to fit. */
    public ServerResponse asStaged() {
        return new ServerResponse(status, headers, body, twice, true);
    }

    public static ServerResponse json(int status, Object body) {
        return json(status, body, Map.of());
    }

    public static ServerResponse json(int status, Object body, Map<String, String> headers) {
        return new ServerResponse(status, headers, Json.write(body))
                .withDefault("Content-Type", "application/json; charset=utf-8");
    }

    /** The same response with one header more; a header that is there already stays, whatever its case. */
    public ServerResponse withDefault(String name, String value) {
        if (headers.keySet().stream().anyMatch(name::equalsIgnoreCase)) {
            return this;
        }
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new ServerResponse(status, more, body, twice, staged);
    }
}
