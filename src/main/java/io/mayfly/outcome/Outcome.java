package io.mayfly.outcome;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What became of an event. */
public sealed interface Outcome {

    /** An instance was launched for the job. */
    record Launched(String instanceId, String runner, String pool) implements Outcome {}

    /**
     * The job has its instance already.
     *
     * @param instanceId null where only the runner is known
     */
    record AlreadyLaunched(@Nullable String instanceId, String runner) implements Outcome {}

    /** The job's instance was ended; no id when it was gone already. */
    record Terminated(List<String> instanceIds) implements Outcome {}

    /** Nothing to do for us. */
    record Ignored(IgnoredReason reason) implements Outcome {}

    /** It can't be done now; the next delivery or the sweep will. */
    record Deferred(Cause cause, String reason, Duration retryAfter) implements Outcome {}

    /** What stands in the way of a launch. */
    enum Cause {
        /** EC2 has none of the pool's choices, or the account may not have more of them. */
        CAPACITY,
        /** The pool has as many instances as it may. */
        FULL,
        /** EC2 throttles launches. */
        THROTTLED,
        /** A service did not answer in time, or the time is over. */
        UNAVAILABLE,
        /** Another launch of the same runner may be under way. */
        CONTENDED
    }
}
