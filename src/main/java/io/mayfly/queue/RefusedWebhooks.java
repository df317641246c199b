package io.mayfly.queue;

import io.mayfly.fleet.QueuedJob;
import io.mayfly.github.Deliveries;
import io.mayfly.github.InstalledScope;
import io.mayfly.github.Jobs;
import io.mayfly.outcome.ConfigurationException;
import io.mayfly.outcome.UnavailableException;
import io.mayfly.pool.Pool;
import io.mayfly.pool.RunnerPools;
import io.mayfly.time.Deadline;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Finds what a large run's jobs miss because Lambda has refused their webhooks: while a burst's first environments start, it takes no
 * more than the function's concurrency. GitHub repeats nothing by itself, but its log tells how many there were. Which jobs they
 * were of does not matter, for any instance of the pool serves any of them.
 */
@Singleton
class RefusedWebhooks {

    private static final Logger LOG = Logger.getLogger(RefusedWebhooks.class);

    /** Lambda's own answer; the function gives none of this kind. */
    private static final int TOO_MANY = 429;

    private static final int PAGES = 2;
    private static final Duration LIMIT = Duration.ofSeconds(4);

    private final Deliveries deliveries;
    private final Jobs jobs;
    private final RunnerPools pools;
    private final InstantSource clock;

    RefusedWebhooks(Deliveries deliveries, Jobs jobs, RunnerPools pools, InstantSource clock) {
        this.deliveries = deliveries;
        this.jobs = jobs;
        this.pools = pools;
        this.clock = clock;
    }

    /**
     * What a run misses.
     *
     * @param waiting its jobs of the pool that wait
     * @param number for how many of them nobody launches
     */
    record Missing(List<QueuedJob> waiting, int number) {}

    /**
     * What a run misses in a pool; null where it misses nothing, or GitHub does not say.
     *
     * @param one the oldest of its jobs that are known
     */
    @Nullable
    Missing of(LargeRun run, QueuedJob one, Pool pool) {
        try {
            var deadline = Deadline.in(LIMIT, clock);
            var refused = refused(one, deadline);
            return refused == 0 ? null : missing(refused, run, one, pool, deadline);
        } catch (UnavailableException | ConfigurationException e) {
            LOG.infof("refused webhooks not known run=%d why=%s", run.id(), e.getMessage());
            return null;
        }
    }

    /** How many of the repository since the job was created: the log does not name their jobs. */
    private long refused(QueuedJob one, Deadline deadline) {
        return deliveries.newestFailures(one.createdAt(), PAGES, deadline).stream()
                .filter(attempt -> attempt.statusCode() == TOO_MANY
                        && attempt.event().equals("workflow_job")
                        && "queued".equals(attempt.action())
                        && attempt.repository() == one.repository().id())
                .count();
    }

    /** Lambda does not choose: of those that it has refused the pool has its share. */
    private @Nullable Missing missing(long refused, LargeRun run, QueuedJob one, Pool pool, Deadline deadline) {
        var repository = one.repository();
        var scope = Objects.requireNonNull(pool.scope(repository), "it is launched for there");
        var at = new InstalledScope(scope, repository.installation());
        var all = jobs.queued(repository.fullName(), run.id(), at, deadline);
        var waiting = all.stream()
                .filter(job -> pool.equals(pools.forLabels(job.labels())))
                .map(job -> new QueuedJob(job.id(), run.id(), repository, job.createdAt()))
                .toList();
        if (waiting.isEmpty()) {
            return null;
        }
        var number = Math.min(waiting.size(), Math.ceilDiv(refused * waiting.size(), all.size()));
        LOG.infof(
                "webhooks refused run=%d repository=%s refused=%d missing=%d pool=%s",
                run.id(), run.repository(), refused, number, pool.name());
        return new Missing(waiting, (int) number);
    }
}
