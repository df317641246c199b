package io.mayfly.sweep;

import io.mayfly.time.Deadline;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * The time of one sweep. The function has 60 s. No work is started after 45 s, and what was started ends by 58.5 s.
 *
 * @param begin when it began
 * @param minute for which it launches
 * @param start until when work may be started
 * @param end by when all of it has ended
 */
record SweepTime(Instant begin, SweepMinute minute, Deadline start, Deadline end) {

    private static final Duration STARTING = Duration.ofSeconds(45);
    private static final Duration ALL = Duration.ofMillis(58_500);

    /** @param scheduled the time for which it was scheduled, as the event has it; null where it has none */
    static SweepTime begin(@Nullable String scheduled, InstantSource clock) {
        var now = clock.instant();
        return new SweepTime(
                now, SweepMinute.of(scheduled, now), Deadline.in(STARTING, clock), Deadline.in(ALL, clock));
    }

    /** Until when launches may begin. */
    Instant launchesUntil() {
        var starting = begin.plus(STARTING);
        return minute.launchesUntil().isBefore(starting) ? minute.launchesUntil() : starting;
    }

    /** Whether a launch may begin after a wait. */
    boolean mayLaunchAfter(Duration wait, InstantSource clock) {
        return start.allows(wait) && clock.instant().plus(wait).isBefore(launchesUntil());
    }

    /** Whether there is time to start another piece of work. */
    boolean mayStart() {
        return start.allows(Duration.ZERO);
    }

    /** Whether there is time to start one after a wait. */
    boolean mayStartAfter(Duration wait) {
        return start.allows(wait);
    }
}
