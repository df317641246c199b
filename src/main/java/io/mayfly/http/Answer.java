package io.mayfly.http;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An answer.
 *
 * @param headers with their names in lower case; of several of one name the last
 */
public record Answer(int status, Map<String, String> headers, byte[] body) {

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
