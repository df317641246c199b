package io.mayfly.chaos;

import java.time.Duration;

/**
 * What a burst of jobs came to.
 *
 * @param enoughLaunched how long after the jobs were queued there was an instance for each
 * @param lastLaunch the same of the last; those that were launched too much come from repeated deliveries
 * @param configurations JIT configurations that GitHub made
 * @param claims those that an instance has got
 * @param calls of RunInstances
 */
record Burst(
        int jobs,
        int launches,
        Duration enoughLaunched,
        Duration lastLaunch,
        int configurations,
        int claims,
        int calls) {

    /** RunInstances gives 5 at once and 2 a second. */
    private static final int AT_ONCE = 5;

    private static final double A_SECOND = 2;

    private static final double AIM = 1.5;

    /** The aim is missed where the first sweep comes later than some 48 s after the burst. See docs/reliability.md. */
    private static final double HELD = 1.7;

    private static final double TOO_MANY = 0.1;
    private static final double WASTED = 0.01;
    private static final double CALLS_OF_A_JOB = 1.3;

    static Burst of(Result result) {
        return new Burst(
                result.scenario().burst(),
                result.history().counted("launches"),
                result.enoughLaunched(),
                result.lastLaunch(),
                result.history().counted("JIT configurations"),
                result.history().counted("claim answers 200"),
                result.history().counted("call RunInstances"));
    }

    /** As fast as EC2 lets an account. */
    Duration theory() {
        return Duration.ofMillis((long) ((jobs - AT_ONCE) / A_SECOND * 1000));
    }

    boolean isGood() {
        return launches >= jobs
                && launches <= jobs * (1 + TOO_MANY)
                && enoughLaunched.toMillis() <= theory().toMillis() * HELD
                && configurations - claims <= jobs * WASTED
                && calls <= jobs * CALLS_OF_A_JOB;
    }

    private boolean misses() {
        return enoughLaunched.toMillis() > theory().toMillis() * AIM;
    }

    @Override
    public String toString() {
        return "burst of %d jobs: %s, an instance for each after %.1f s (theory %.1f s), last launch after %.1f s, %d launches, %d JIT configurations of which %d were claimed, %d calls of RunInstances"
                .formatted(
                        jobs,
                        !isGood() ? "NOT GOOD" : misses() ? "slower than the aim" : "good",
                        enoughLaunched.toMillis() / 1000.0,
                        theory().toMillis() / 1000.0,
                        lastLaunch.toMillis() / 1000.0,
                        launches,
                        configurations,
                        claims,
                        calls);
    }
}
