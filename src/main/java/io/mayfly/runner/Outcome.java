package io.mayfly.runner;

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
    record Ignored(String reason) implements Outcome {}

    /** It can't be done now; the next delivery or the sweep will. */
    record Deferred(String reason, Duration retryAfter) implements Outcome {}
}
