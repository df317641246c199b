package io.mayfly.github;

import io.mayfly.http.Answer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What answers say of GitHub's primary rate limit. */
final class RateLimit {

    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");

    private RateLimit() {}

    /** How many requests are left in the hour; null where the answer does not say. */
    static @Nullable Integer left(Answer answer) {
        var remaining = answer.header("x-ratelimit-remaining");
        return remaining != null && NUMBER.matcher(remaining).matches() ? Integer.valueOf(remaining) : null;
    }
}
