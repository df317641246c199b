package io.mayfly.chaos;

import java.time.Duration;

/**
 * Jobs that are queued at once, in one run.
 *
 * @param jobs how many; 0: there is no such run
 * @param cancelledAfter how long after that somebody cancels it; zero: nobody does
 */
record Matrix(int jobs, Duration cancelledAfter) {

    static final Matrix NONE = new Matrix(0, Duration.ZERO);

    static Matrix of(int jobs) {
        return new Matrix(jobs, Duration.ZERO);
    }

    /** Within this there is an instance for each, where nothing fails: 45 s, the wait for a sweep, and its launches. */
    Duration launchedWithin() {
        return Duration.ofMinutes(2);
    }

    /** A few of webhooks, and those of batches of at most 100. */
    int callsAtMost() {
        return 30 + jobs / 50;
    }

    boolean isCancelled() {
        return cancelledAfter.isPositive();
    }
}
