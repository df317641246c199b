package io.mayfly.fleet;

import io.mayfly.github.RunnerName;
import org.jspecify.annotations.Nullable;

/**
 * A queued job that wants a runner.
 *
 * @param id GitHub's id, a new one for every attempt
 * @param attempt counted from 1
 * @param launch which of the job's launches this is, from 1; the later ones replace instances that did not serve it
 * @param repository {@code owner/name}
 * @param organization the login of the repository's organization, null for a person's repository
 * @param doubtful what is known of it may be out of date, so GitHub is asked before anything is launched
 */
public record QueuedJob(
        long id,
        long attempt,
        int launch,
        String repository,
        @Nullable String organization,
        long installation,
        boolean doubtful) {

    /** The name of the runner that this launch makes. */
    public String runnerName(String deployment) {
        return RunnerName.of(deployment, id, attempt, launch);
    }
}
