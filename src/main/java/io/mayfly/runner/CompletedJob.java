package io.mayfly.runner;

import io.mayfly.github.RepositoryName;
import io.mayfly.github.RunnerId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A job that has ended.
 *
 * @param run GitHub's id of its run; null where it is not told
 * @param repositoryId GitHub's, which stays when the repository is renamed; 0 where it is not told
 * @param organizationId of the repository's organization; 0 where there is none
 * @param runnerId null when no runner has served it
 * @param runnerName empty when no runner has served it
 * @param skipped it never asked for a runner
 * @param workflow the name of its workflow; null where it is not told
 * @param completedAt when it ended; null where it is not told
 */
public record CompletedJob(
        long id,
        @Nullable Long run,
        RepositoryName repository,
        long repositoryId,
        long organizationId,
        @Nullable RunnerId runnerId,
        String runnerName,
        boolean skipped,
        @Nullable String workflow,
        @Nullable Instant completedAt) {

    /** Whether it ran, or could have. */
    public boolean hadRunner() {
        return runnerId != null || !runnerName.isEmpty();
    }
}
