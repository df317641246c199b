package io.mayfly.chaos;

import java.time.Duration;

/**
 * Jobs that are queued at once, in one run.
 *
 * @param jobs how many; 0: there is no such run
 * @param cancelledAfter how long after that somebody cancels it; zero: nobody does
 * @param apps how many the deployment has
 * @param concurrency so many invocations of a function at once
 */
record Matrix(int jobs, Duration cancelledAfter, int apps, int concurrency) {

    /** What {@code deploy/template.yaml} reserves. */
    static final int CONCURRENCY = 40;

    /** Of an app, in a minute. */
    private static final int REGISTRATIONS = 180;

    /** A small matrix. */
    private static final int FEW = 40;

    /** GitHub's largest matrix. */
    private static final int LARGEST = 256;

    static final Matrix NONE = new Matrix(0, Duration.ZERO, 1, CONCURRENCY);

    static Matrix of(int jobs) {
        return new Matrix(jobs, Duration.ZERO, 1, CONCURRENCY);
    }

    /** The same for a deployment of so many apps. */
    Matrix with(int value) {
        return new Matrix(jobs, cancelledAfter, value, concurrency);
    }

    /**
     * Within this there is an instance for each, where nothing fails: the queue's few seconds for those that GitHub registers in a
     * minute, for more the wait for a sweep and so long as it takes to register them. Without the queue the sweep launches all.
     */
    Duration launchedWithin(QueueFate queue) {
        if (queue != QueueFate.GOOD) {
            return Duration.ofSeconds(135);
        }
        var aMinute = REGISTRATIONS * (long) apps;
        return jobs <= FEW
                ? Duration.ofSeconds(13)
                : jobs <= aMinute
                        ? Duration.ofSeconds(22)
                        : Duration.ofMinutes(2).plusMinutes(jobs / aMinute);
    }

    /** Those that EC2 has not refused: a few of webhooks, and those of batches of at most 100. */
    int callsAtMost() {
        return jobs <= FEW ? jobs : 24 + Math.max(0, jobs - LARGEST) / 60;
    }

    boolean isCancelled() {
        return cancelledAfter.isPositive();
    }
}
