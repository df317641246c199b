package io.mayfly.runner;

/**
 * A job that has ended.
 *
 * @param repository {@code owner/name}
 * @param runnerId 0 when no runner has served it
 * @param runnerName empty when no runner has served it
 * @param skipped it never asked for a runner
 */
public record CompletedJob(long id, String repository, long runnerId, String runnerName, boolean skipped) {

    boolean hadRunner() {
        return runnerId > 0 || !runnerName.isEmpty();
    }
}
