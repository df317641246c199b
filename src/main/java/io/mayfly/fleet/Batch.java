package io.mayfly.fleet;

import io.mayfly.github.InstalledScope;
import io.mayfly.outcome.ConfigurationException;
import io.mayfly.outcome.Outcome;
import io.mayfly.pool.Pool;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Jobs of one scope and pool for which instances are launched together, one for each. Any of the instances may serve any of the
 * jobs: GitHub binds none to a job.
 *
 * @param jobs the oldest first, one at least
 * @param again what tells it from other launches for its oldest job; empty for the launch of the job's own webhook
 * @param until no call begins later
 * @param late what becomes of the rest then
 * @param thorough the pool is counted anew, choices that were refused just now are tried too, and where EC2 throttles it is asked
 *     again
 */
public record Batch(
        Pool pool,
        InstalledScope at,
        List<QueuedJob> jobs,
        List<String> again,
        Instant until,
        Outcome late,
        boolean thorough) {

    /** How old a job may be at most for its webhook to launch: then launches become visible, and the sweep takes over. */
    public static final Duration YOUNG = Duration.ofSeconds(25);

    /** What the webhook of an older job is answered. */
    public static final Outcome LATE = new Outcome.HandedOver("the job is over 25 s old");

    private static final Outcome OUT_OF_TIME = new Outcome.HandedOver("out of time");

    /** For a job of which its webhook has told. */
    static Batch ofWebhook(QueuedJob job, Pool pool) {
        return new Batch(
                pool, at(job, pool), List.of(job), List.of(), job.createdAt().plus(YOUNG), LATE, false);
    }

    /**
     * For jobs that are launched for together: as long as the oldest is young.
     *
     * @param purpose what tells it from a batch for other reasons that has the same oldest job
     */
    static Batch ofQueue(List<QueuedJob> oldestFirst, Pool pool, String purpose) {
        var oldest = oldestFirst.getFirst();
        return new Batch(
                pool,
                at(oldest, pool),
                oldestFirst,
                List.of(purpose),
                oldest.createdAt().plus(YOUNG),
                LATE,
                true);
    }

    /**
     * For jobs that the sweep has seen waiting.
     *
     * @param minute for which the sweep was scheduled: two sweeps of one minute launch once
     */
    public static Batch ofSweep(List<QueuedJob> jobs, Pool pool, String minute, Instant until) {
        var oldestFirst = oldestFirst(jobs);
        return new Batch(
                pool,
                at(oldestFirst.getFirst(), pool),
                oldestFirst,
                List.of("sweep", minute),
                until,
                OUT_OF_TIME,
                true);
    }

    static List<QueuedJob> oldestFirst(List<QueuedJob> jobs) {
        return jobs.stream()
                .sorted(Comparator.comparing(QueuedJob::createdAt).thenComparingLong(QueuedJob::id))
                .toList();
    }

    private static InstalledScope at(QueuedJob job, Pool pool) {
        var repository = job.repository();
        var scope = pool.scope(repository);
        if (scope == null) {
            throw new ConfigurationException(
                    "pool " + pool.name() + ", scope", repository.fullName() + " belongs to no organization");
        }
        return new InstalledScope(scope, repository.installation());
    }

    /** In whose name it is launched. */
    QueuedJob oldest() {
        return jobs.getFirst();
    }

    /** Whose jobs they are: GitHub registers runners for each by itself. */
    String owner() {
        return at.scope().owner();
    }

    /** Of several, each begins with another choice. */
    int turn() {
        return jobs.size() == 1 ? 0 : Math.floorMod(Objects.hash(oldest().id(), again), Integer.MAX_VALUE);
    }

    Ticket ticket() {
        return new Ticket(pool.name(), at.scope().path(), "");
    }

    /** The run that all its jobs are of; null where there is no such run. */
    @Nullable
    Long run() {
        var run = oldest().run();
        return jobs.stream().allMatch(job -> Objects.equals(job.run(), run)) ? run : null;
    }
}
