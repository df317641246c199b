package io.mayfly.chaos;

import java.time.Duration;

/**
 * Jobs that are queued at once, in one run.
 *
 * @param jobs how many; 0: there is no such run
 * @param cancelledAfter how long after that somebody cancels it; zero: nobody does
 * @param apps how many the deployment has
 */
record Matrix(int jobs, Duration cancelledAfter, int apps) {

    static final Matrix NONE = new Matrix(0, Duration.ZERO, 1);

    static Matrix of(int jobs) {
        return new Matrix(jobs, Duration.ZERO, 1);
    }

    /** The same for a deployment of so many apps. */
    Matrix with(int value) {
        return new Matrix(jobs, cancelledAfter, value);
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
