package io.mayfly.playground.wire;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One HTTP request; header names are in lower case. */
public record ServerRequest(String method, String target, Map<String, String> headers, String body) {

    public String path() {
        int question = target.indexOf('?');
        return question < 0 ? target : target.substring(0, question);
    }

    public Map<String, String> query() {
        int question = target.indexOf('?');
        return question < 0 ? Map.of() : form(target.substring(question + 1));
    }

    /** What the client called: scheme, host and port. */
    public String origin() {
        return "http://" + headers.getOrDefault("host", "127.0.0.1");
    }

    @Nullable
    public String header(String name) {
        return headers.get(name.toLowerCase(Locale.ROOT));
    }

    /** The pairs of a query string or an {@code application/x-www-form-urlencoded} body, in their order. */
    public static Map<String, String> form(String encoded) {
        Map<String, String> pairs = new LinkedHashMap<>();
        int start = 0;
        while (start < encoded.length()) {
            int end = encoded.indexOf('&', start);
            String pair = encoded.substring(start, end < 0 ? encoded.length() : end);
            start = end < 0 ? encoded.length() : end + 1;
            int equals = pair.indexOf('=');
            if (!pair.isEmpty()) {
                pairs.put(
                        decode(equals < 0 ? pair : pair.substring(0, equals)),
                        equals < 0 ? "" : decode(pair.substring(equals + 1)));
            }
        }
        return pairs;
    }

    public static String decode(String encoded) {
        return URLDecoder.decode(encoded, StandardCharsets.UTF_8);
    }
}
