package io.mayfly.queue;

import io.mayfly.fleet.BatchResult;
import io.mayfly.fleet.BurstLaunch;
import io.mayfly.fleet.QueuedJob;
import io.mayfly.outcome.Failure;
import io.mayfly.outcome.Outcome;
import io.mayfly.pool.Pool;
import io.mayfly.queue.Intake.Group;
import io.mayfly.time.Deadline;
import io.mayfly.time.Workers;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;
import org.jspecify.annotations.Nullable;

/** Launches for groups of jobs, some groups at once. */
@Singleton
class GroupLaunch {

    private static final Logger LOG = Logger.getLogger(GroupLaunch.class);
    private static final int AT_ONCE = 4;

    /** No launch begins for a job that is over 25 s old, so this is for what hangs. */
    private static final Duration ALL = Duration.ofSeconds(50);

    private final CancelledRuns cancelled;
    private final RefusedWebhooks refused;
    private final BurstLaunch launch;
    private final Workers workers;
    private final InstantSource clock;

    GroupLaunch(
            CancelledRuns cancelled,
            RefusedWebhooks refused,
            BurstLaunch launch,
            Workers workers,
            InstantSource clock) {
        this.cancelled = cancelled;
        this.refused = refused;
        this.launch = launch;
        this.workers = workers;
        this.clock = clock;
    }

    /**
     * What came of it.
     *
     * @param jobs for how many it was to be launched
     * @param failed whether something has happened that nobody has thought of
     */
    record Result(int jobs, boolean failed) {}

    Result launch(Collection<Group> groups) {
        var round = new Round(Deadline.in(ALL, clock));
        workers.each(
                AT_ONCE,
                groups.stream()
                        .<Runnable>map(group -> () -> round.launch(group))
                        .toList());
        return new Result(round.jobs.get(), round.failed.get());
    }

    /** The launches of one event. */
    private final class Round {

        private final Deadline deadline;
        private final AtomicInteger jobs = new AtomicInteger();
        private final AtomicBoolean failed = new AtomicBoolean();

        private Round(Deadline deadline) {
            this.deadline = deadline;
        }

        private void launch(Group group) {
            var wanted = cancelled.without(group.jobs(), group.pool());
            jobs.addAndGet(wanted.size());
            if (!wanted.isEmpty()) {
                var pool = group.pool();
                launch(wanted, wanted.size(), pool, () -> launch.launch(wanted, pool, deadline));
                LargeRun.of(wanted).forEach(run -> launchRefused(run, run.oldest(wanted), pool));
            }
        }

        /** After those that the queue has told of, for it takes its time. */
        private void launchRefused(LargeRun run, QueuedJob one, Pool pool) {
            var missing = refused.of(run, one, pool);
            if (missing != null) {
                launch(
                        missing.waiting(),
                        missing.number(),
                        pool,
                        () -> launch.launchUntold(missing.waiting(), missing.number(), pool, deadline));
            }
        }

        private void launch(List<QueuedJob> wanted, int number, Pool pool, Supplier<BatchResult> launched) {
            MDC.put("job", wanted.getFirst().id());
            MDC.put("repository", wanted.getFirst().repository().fullName());
            try {
                var result = launched.get();
                log(number - result.instanceIds().size(), pool, result.inTheWay());
            } finally {
                MDC.remove("job");
                MDC.remove("repository");
            }
        }

        /** What is left of a group, the sweep launches. */
        private void log(int left, Pool pool, @Nullable Outcome inTheWay) {
            switch (inTheWay) {
                case null -> {
                    // all of it was launched
                }
                case Outcome.Deferred deferred ->
                    LOG.warnf("left to the sweep jobs=%d pool=%s why=%s", left, pool.name(), deferred.reason());
                case Outcome.HandedOver late ->
                    LOG.infof("left to the sweep jobs=%d pool=%s why=%s", left, pool.name(), late.reason());
                case Outcome.AlreadyLaunched already ->
                    LOG.infof("already launched jobs=%d pool=%s", left, pool.name());
                case Failure.Misconfigured misconfigured -> LOG.errorf("misconfigured %s", misconfigured.message());
                case Failure.Unexpected unexpected -> {
                    LOG.error("unexpected failure", unexpected.cause());
                    failed.set(true);
                }
                default -> throw new IllegalStateException("nothing that a launch comes to: " + inTheWay);
            }
        }
    }
}
