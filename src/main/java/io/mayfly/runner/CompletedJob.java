package io.mayfly.runner;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A job that has ended.
 *
 * @param repository {@code owner/name}
 * @param runnerId 0 when no runner has served it
 * @param runnerName empty when no runner has served it
 * @param skipped it never asked for a runner
 * @param workflow the name of its workflow; null where it is not told
 * @param completedAt when it ended; null where it is not told
 */
public record CompletedJob(
        long id,
        String repository,
        long runnerId,
        String runnerName,
        boolean skipped,
        @Nullable String workflow,
        @Nullable Instant completedAt) {

    boolean hadRunner() {
        return runnerId > 0 || !runnerName.isEmpty();
    }
}
