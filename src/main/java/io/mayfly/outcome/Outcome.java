package io.mayfly.outcome;

import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What became of an event. Metrics and answers each are made of it once, at the end. */
public sealed interface Outcome
        permits Outcome.Launched,
                Outcome.AlreadyLaunched,
                Outcome.HandedOver,
                Outcome.Enqueued,
                Outcome.Terminated,
                Outcome.Withdrawn,
                Outcome.Ignored,
                Failure {

    /** An instance was launched for the job. */
    record Launched(String instanceId, String runner, String pool) implements Outcome {}

    /**
     * The job's launch has been made already.
     *
     * @param instanceId null where it is not known
     */
    record AlreadyLaunched(@Nullable String instanceId) implements Outcome {}

    /** The sweep launches for the job, if it waits then. */
    record HandedOver(String reason) implements Outcome {}

    /** The queue's consumer launches for the job; what it does not reach, the sweep does. */
    record Enqueued(String pool) implements Outcome {}

    /** The job's instance was ended; no id when it was gone already. */
    record Terminated(List<String> instanceIds) implements Outcome {}

    /** The instances that have no runner yet and are not needed; none where there is no such instance. */
    record Withdrawn(List<String> instanceIds) implements Outcome {}

    /** Nothing to do for us. */
    record Ignored(IgnoredReason reason) implements Outcome {}

    /** It can't be done now; the next delivery or the sweep will. */
    record Deferred(Cause cause, String reason, Duration retryAfter) implements Failure {}

    /** What becomes of this work. An exception is a failure of its kind, an error of the virtual machine too. */
    static Outcome of(Supplier<? extends Outcome> work) {
        try {
            return work.get();
        } catch (IgnoredException found) {
            return new Ignored(found.reason());
        } catch (RuntimeException | Error thrown) {
            return Failure.of(thrown);
        }
    }

    /** What stands in the way of a launch. */
    enum Cause {
        /** EC2 has none of the pool's choices, or the account may not have more of them. */
        CAPACITY("capacity"),
        /** The pool has as many instances as it may. */
        FULL("full"),
        /** As many instances wait for GitHub to register their runners as it registers in a minute. */
        PACED("paced"),
        /** EC2 throttles launches. */
        THROTTLED("throttled"),
        /** A service did not answer in time, or the time is over. */
        UNAVAILABLE("unavailable"),
        /** GitHub's rate limit lets nobody through for a while; to go on calling makes it worse. */
        RATE_LIMITED("unavailable"),
        /** The work has made all the calls that it may. */
        CALLS_SPENT("unavailable"),
        /** The last instances of the pool have not claimed their runners. */
        NOT_CLAIMING("not-claiming");

        private final String key;

        Cause(String key) {
            this.key = key;
        }

        /** For metrics, which tell apart only what an operator would. */
        public String key() {
            return key;
        }
    }
}
