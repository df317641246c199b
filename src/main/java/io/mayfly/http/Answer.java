package io.mayfly.http;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An answer.
 *
 * @param headers with their names in lower case; of several of one name the last
 */
public record Answer(int status, Map<String, String> headers, byte[] body) {

    private static final String REPEATED = "x-mayfly-repeated";

    /** The same as the answer to a request that was sent once before, without an answer. */
    public Answer repeated() {
        var more = new HashMap<>(headers);
        more.put(REPEATED, "true");
        return new Answer(status, more, body);
    }

    /** Whether it is the answer to a request that was sent once before. */
    public boolean isRepeated() {
        return headers.containsKey(REPEATED);
    }

    /** Whether headers are those of an answer to a request that was sent once before. */
    public static boolean isRepeated(Map<String, List<String>> headers) {
        return headers.containsKey(REPEATED);
    }

    /** A header's value; null where it is missing. */
    public @Nullable String header(String lowerCaseName) {
        return headers.get(lowerCaseName);
    }

    /** Without the body, which may hold what gives access. */
    @Override
    public String toString() {
        return "answer " + status;
    }
}
