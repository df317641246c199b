package io.mayfly.chaos;

import java.time.Duration;
import java.util.Locale;

/**
 * What a burst of jobs came to.
 *
 * @param queue what became of its messages
 * @param launched how long after the jobs were queued there was an instance for each
 * @param claimed the same until each of these had its runner
 * @param configurations JIT configurations that GitHub made
 * @param claims those that an instance has got
 * @param calls of RunInstances that EC2 has not refused
 * @param refused those that it has
 * @param waiting all that instances waited for their runners after they had booted
 * @param instances all that instances lived
 */
record Burst(
        Matrix matrix,
        QueueFate queue,
        int launches,
        Duration launched,
        Duration claimed,
        int configurations,
        int claims,
        int calls,
        int refused,
        Duration waiting,
        Duration instances) {

    /** What is beyond one a job comes from deliveries that are repeated. */
    private static final int BEYOND = 2;

    private static final double WASTED = 0.01;

    static Burst of(Result result, QueueFate queue) {
        var history = result.history();
        return new Burst(
                result.scenario().matrix(),
                queue,
                history.counted("launches"),
                result.times().enough(),
                result.times().claimed(),
                history.counted("JIT configurations"),
                history.counted("claim answers 200"),
                history.counted("call RunInstances") - history.counted("RunInstances refused"),
                history.counted("RunInstances refused"),
                Duration.ofSeconds(history.counted("seconds of instances that waited for their runner")),
                Duration.ofSeconds(history.counted("seconds of instances")));
    }

    boolean isGood() {
        if (matrix.isCancelled()) {
            return launches <= matrix.jobs() + BEYOND;
        }
        return launches >= matrix.jobs()
                && launches <= matrix.jobs() + BEYOND
                && launched.compareTo(matrix.launchedWithin(queue)) <= 0
                && configurations - claims <= matrix.jobs() * WASTED
                && calls <= matrix.callsAtMost();
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "burst of %d jobs%s: %s, launched after %.1f s, claimed after %.1f s, %d launches by %d calls of RunInstances and %d refused, %d JIT configurations of which %d were claimed, %.1f instance-minutes waited for GitHub, %.0f in all",
                matrix.jobs(),
                matrix.isCancelled()
                        ? ", cancelled after " + matrix.cancelledAfter().toSeconds() + " s"
                        : "",
                isGood() ? "good" : "NOT GOOD",
                launched.toMillis() / 1000.0,
                claimed.toMillis() / 1000.0,
                launches,
                calls,
                refused,
                configurations,
                claims,
                waiting.toSeconds() / 60.0,
                instances.toSeconds() / 60.0);
    }
}
