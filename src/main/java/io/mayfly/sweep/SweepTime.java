package io.mayfly.sweep;

import io.mayfly.config.Deadline;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * The time of one sweep. The function has 60 s: no work is started after 45 s, and what was started ends by 57 s.
 *
 * @param begun when it began
 * @param start until when work may be started
 * @param end by when all of it has ended
 */
record SweepTime(Instant begun, Deadline start, Deadline end) {

    private static final Duration STARTING = Duration.ofSeconds(45);
    private static final Duration ALL = Duration.ofSeconds(57);

    static SweepTime begin(InstantSource clock) {
        return new SweepTime(clock.instant(), Deadline.in(STARTING, clock), Deadline.in(ALL, clock));
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
