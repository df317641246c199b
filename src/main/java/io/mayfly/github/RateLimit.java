package io.mayfly.github;

import io.mayfly.http.Answer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What answers say of GitHub's rate limits. 403 says both "you may not" and "not so fast"; the headers tell which. See
 * GitHub's "Rate limits for the REST API".
 */
final class RateLimit {

    private static final Duration LONGEST_WAIT = Duration.ofHours(1);
    private static final Duration SECONDARY_LIMIT = Duration.ofSeconds(60);
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");
    private static final Pattern LONG_NUMBER = Pattern.compile("\\s*[0-9]{1,15}\\s*");

    private RateLimit() {}

    /** How many requests are left in the hour; null where the answer does not say. */
    static @Nullable Integer left(Answer answer) {
        var remaining = answer.header("x-ratelimit-remaining");
        return remaining != null && NUMBER.matcher(remaining).matches() ? Integer.valueOf(remaining) : null;
    }

    /**
     * How long to wait after an answer that refuses for want of calls; null for every other answer.
     */
    static @Nullable Duration wait(Answer answer, InstantSource clock) {
        if (answer.status() != 403 && answer.status() != 429) {
            return null;
        }
        var retryAfter = number(answer.header("retry-after"));
        if (retryAfter != null) {
            return bounded(Duration.ofSeconds(retryAfter));
        }
        var reset = untilReset(answer, clock);
        if (reset != null) {
            return reset;
        }
        return answer.status() == 429 || GitHubAnswers.message(answer).contains("rate limit") ? SECONDARY_LIMIT : null;
    }

    /** How long until there are calls again, after the last that was left; null where some are left. */
    static @Nullable Duration untilReset(Answer answer, InstantSource clock) {
        if (!"0".equals(answer.header("x-ratelimit-remaining"))) {
            return null;
        }
        var reset = number(answer.header("x-ratelimit-reset"));
        return reset == null
                ? SECONDARY_LIMIT
                : bounded(Duration.ofSeconds(reset - clock.instant().getEpochSecond()));
    }

    private static Duration bounded(Duration wait) {
        if (wait.compareTo(Duration.ofSeconds(1)) < 0) {
            return Duration.ofSeconds(1);
        }
        return wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait;
    }

    private static @Nullable Long number(@Nullable String text) {
        return text != null && LONG_NUMBER.matcher(text).matches() ? Long.valueOf(text.strip()) : null;
    }
}
