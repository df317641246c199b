package io.mayfly.github;

import java.time.Instant;
import java.util.List;

/**
 * A job of a workflow run as GitHub lists it.
 *
 * @param repository {@code owner/name}
 * @param attempt of its run, counted from 1
 * @param status queued, in_progress, completed, waiting, requested or pending
 * @param runnerId of the runner that has it, 0 for none
 * @param url its page, for people
 */
public record WorkflowJob(
        long id,
        String repository,
        long attempt,
        String status,
        List<String> labels,
        Instant createdAt,
        long runnerId,
        String url) {

    /** Whether it waits for a runner. */
    public boolean isQueued() {
        return "queued".equals(status);
    }
}
