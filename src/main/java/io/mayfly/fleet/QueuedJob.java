package io.mayfly.fleet;

import io.mayfly.github.Repository;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A queued job that wants a runner.
 *
 * @param id GitHub's id, a new one for every attempt
 * @param run GitHub's id of its run; null where it is not told
 * @param createdAt on GitHub's clock
 */
public record QueuedJob(long id, @Nullable Long run, Repository repository, Instant createdAt) {}
