package io.mayfly.fleet;

import io.mayfly.github.InstallationId;
import io.mayfly.github.Login;
import io.mayfly.github.RepositoryName;
import io.mayfly.github.RunnerName;
import org.jspecify.annotations.Nullable;

/**
 * A queued job that wants a runner.
 *
 * @param id GitHub's id, a new one for every attempt
 * @param attempt counted from 1
 * @param launch which of the job's launches this is, from 1; the later ones replace instances that did not serve it
 * @param organization of its repository, null for a person's
 * @param doubtful what is known of it may be out of date, so GitHub is asked before anything is launched
 */
public record QueuedJob(
        long id,
        long attempt,
        int launch,
        RepositoryName repository,
        @Nullable Login organization,
        InstallationId installation,
        boolean doubtful) {

    /** The name of the runner that this launch makes. */
    public String runnerName(String deployment) {
        return RunnerName.of(deployment, id, attempt, launch);
    }
}
