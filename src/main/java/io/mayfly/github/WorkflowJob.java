package io.mayfly.github;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A job of a workflow run as GitHub lists it.
 *
 * @param run GitHub's id of its run
 * @param status queued, in_progress, completed, waiting, requested, pending, or what GitHub has invented since
 * @param runnerId of the runner that has it; null for none
 * @param url its page, for people
 */
public record WorkflowJob(
        long id,
        long run,
        RepositoryName repository,
        String status,
        List<String> labels,
        Instant createdAt,
        @Nullable RunnerId runnerId,
        String url) {

    private static final String QUEUED = "queued";

    /** Whether it waits for a runner. */
    public boolean isQueued() {
        return QUEUED.equals(status);
    }

    /** Whether it has begun and not ended, whatever its status is called. */
    public boolean isOn(RunnerId runner) {
        return !isQueued() && runner.equals(runnerId);
    }
}
