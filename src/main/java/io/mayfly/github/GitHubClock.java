package io.mayfly.github;

import io.mayfly.http.Answer;
import jakarta.inject.Singleton;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/**
 * How far GitHub's clock is ahead of ours, by the {@code Date} of its answers, which is cut to seconds and some time on its way: of
 * the answers of a minute the one counts that says the most, for none says too much.
 */
@Singleton
public class GitHubClock {

    private static final Duration COUNTS = Duration.ofMinutes(1);

    private final InstantSource clock;
    private @Nullable Reading last;

    GitHubClock(InstantSource clock) {
        this.clock = clock;
    }

    private record Reading(Duration ahead, Instant at) {}

    /** An answer has come just now. */
    synchronized void read(Answer answer) {
        var date = date(answer.header("date"));
        if (date == null) {
            return;
        }
        var now = clock.instant();
        var reading = new Reading(Duration.between(now, date), now);
        var before = last;
        if (before == null
                || before.at().plus(COUNTS).isBefore(now)
                || before.ahead().compareTo(reading.ahead()) <= 0) {
            last = reading;
        }
    }

    /** What GitHub's clock showed when ours showed this; the same where it has not said. */
    public synchronized Instant at(Instant ours) {
        return last == null ? ours : ours.plus(last.ahead());
    }

    private static @Nullable Instant date(@Nullable String header) {
        try {
            return header == null
                    ? null
                    : ZonedDateTime.parse(header.strip(), DateTimeFormatter.RFC_1123_DATE_TIME)
                            .toInstant();
        } catch (DateTimeException e) {
            return null;
        }
    }
}
