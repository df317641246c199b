package io.mayfly.fleet;

import io.mayfly.github.Repository;
import org.jspecify.annotations.Nullable;

/**
 * A queued job that wants a runner.
 *
 * @param id GitHub's id, a new one for every attempt
 * @param run GitHub's id of its run; null where it is not told
 * @param doubtful what is known of it may be out of date, so GitHub is asked before anything is launched
 */
public record QueuedJob(long id, @Nullable Long run, Repository repository, boolean doubtful) {}
