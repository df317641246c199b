package io.mayfly.sweep;

import io.mayfly.config.Deadline;
import java.time.Duration;
import java.time.InstantSource;

/**
 * The time of one sweep. The function has 60 s: no work is started after 45 s, no launch after 43 s, so that a backlog of
 * jobs leaves time for the rest, and what was started ends by 57 s.
 *
 * @param launch until when launches may be started
 * @param start until when work may be started
 * @param end by when all of it has ended
 */
record SweepTime(Deadline launch, Deadline start, Deadline end) {

    private static final Duration LAUNCHING = Duration.ofSeconds(43);
    private static final Duration STARTING = Duration.ofSeconds(45);
    private static final Duration ALL = Duration.ofSeconds(57);

    static SweepTime begin(InstantSource clock) {
        return new SweepTime(Deadline.in(LAUNCHING, clock), Deadline.in(STARTING, clock), Deadline.in(ALL, clock));
    }

    /** Whether there is time to start another piece of work. */
    boolean mayStart() {
        return start.allows(Duration.ZERO);
    }

    /** Whether there is time to launch after a wait. */
    boolean mayLaunchAfter(Duration wait) {
        return launch.allows(wait);
    }

    /** Whether there is time to start one after a wait. */
    boolean mayStartAfter(Duration wait) {
        return start.allows(wait);
    }
}
