package io.mayfly.sweep;

import io.mayfly.time.Deadline;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;

/**
 * The time of one sweep. The function has 60 s. No work is started after 45 s, and what was started ends by 58.5 s. Launches
 * pause at 43 s, so that a backlog of jobs leaves time for the rest; those that the sweep has planned by then go on to
 * 56 s, until the next sweep takes over.
 *
 * @param begin when it began
 * @param launch until when launches may be started before the rest
 * @param start until when work may be started
 * @param goOn until when launches that were planned may be started
 * @param end by when all of it has ended
 */
record SweepTime(Instant begin, Deadline launch, Deadline start, Deadline goOn, Deadline end) {

    private static final Duration LAUNCHING = Duration.ofSeconds(43);
    private static final Duration STARTING = Duration.ofSeconds(45);
    private static final Duration GOING_ON = Duration.ofSeconds(56);
    private static final Duration ALL = Duration.ofMillis(58_500);

    static SweepTime begin(InstantSource clock) {
        return new SweepTime(
                clock.instant(),
                Deadline.in(LAUNCHING, clock),
                Deadline.in(STARTING, clock),
                Deadline.in(GOING_ON, clock),
                Deadline.in(ALL, clock));
    }

    /** By which launches of different sweeps are told apart. */
    String minute() {
        return begin.truncatedTo(ChronoUnit.MINUTES).toString();
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
