package io.mayfly.sweep;

import io.mayfly.fleet.Batch;
import io.mayfly.fleet.BatchResult;
import io.mayfly.fleet.Fleet;
import io.mayfly.fleet.LaunchMetrics;
import io.mayfly.metrics.Metric;
import io.mayfly.outcome.Failure;
import io.mayfly.outcome.Outcome;
import io.mayfly.time.Sleeper;
import io.mayfly.time.Workers;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;

/** Launches what is missing, scope by scope and pool by pool, those with the oldest job first, some at once. */
@Singleton
class Launches {

    private static final int AT_ONCE = 4;
    private static final int MOST_FAILURES = 3;
    private static final Duration BETWEEN_CLAIMS = Duration.ofSeconds(5);
    private static final Logger LOG = Logger.getLogger(Launches.class);

    private final Fleet fleet;
    private final Workers workers;
    private final Sleeper sleeper;
    private final LaunchMetrics metrics;
    private final InstantSource clock;

    Launches(Fleet fleet, Workers workers, Sleeper sleeper, LaunchMetrics metrics, InstantSource clock) {
        this.fleet = fleet;
        this.workers = workers;
        this.sleeper = sleeper;
        this.metrics = metrics;
        this.clock = clock;
    }

    /**
     * Launches what is missing.
     *
     * @return what has to wait until instances have claimed
     */
    List<RunnerDemand> launch(List<RunnerDemand> missing, SweepRun run) {
        var round = new Round(run);
        workers.each(
                AT_ONCE,
                missing.stream()
                        .<Runnable>map(demand -> () -> round.launch(demand))
                        .toList());
        run.report().found(Metric.LAUNCHES_LEFT_OVER, round.leftOver);
        return round.paced.stream()
                .sorted(Comparator.comparing(RunnerDemand::since))
                .toList();
    }

    /** Launches what had to wait, as claims make room, until no launch may begin any more. */
    void goOn(List<RunnerDemand> paced, SweepRun run) {
        var left = paced;
        while (!left.isEmpty() && run.time().mayLaunchAfter(BETWEEN_CLAIMS, clock)) {
            sleeper.sleep(BETWEEN_CLAIMS);
            left = launch(left, run);
        }
        for (var demand : left) {
            var number = demand.jobs().size();
            run.report().found(Metric.LAUNCHES_LEFT_OVER, number);
            run.report()
                    .leaveForLater(
                            number + " instances of " + Round.what(demand),
                            "GitHub registers no more runners in a minute");
        }
    }

    /** The launches of one sweep. */
    private final class Round {

        private final SweepRun run;
        private final Set<String> poolsOut = new HashSet<>();
        private final List<RunnerDemand> paced = new ArrayList<>();
        private String end = "";
        private int failures;
        private int leftOver;

        private Round(SweepRun run) {
            this.run = run;
        }

        private void launch(RunnerDemand demand) {
            if (!begins(demand)) {
                return;
            }
            var oldest = demand.oldest();
            MDC.put("job", oldest.job().id());
            MDC.put("repository", oldest.repository().fullName());
            try {
                var result = result(demand);
                metrics.launch(demand.oldestQueued(), demand.pool().name(), result);
                settle(demand, result);
            } finally {
                MDC.remove("job");
                MDC.remove("repository");
            }
        }

        private BatchResult result(RunnerDemand demand) {
            try {
                var batch = Batch.ofSweep(
                        demand.queued(),
                        demand.pool(),
                        run.time().minute().text(),
                        run.time().launchesUntil());
                return fleet.launch(batch, run.time().end());
            } catch (RuntimeException e) {
                return new BatchResult(List.of(), Failure.of(e));
            }
        }

        private synchronized boolean begins(RunnerDemand demand) {
            if (poolsOut.contains(demand.pool().name())) {
                return false;
            }
            if (!end.isEmpty()) {
                leave(demand, demand.jobs().size(), end);
                return false;
            }
            return true;
        }

        private void leave(RunnerDemand demand, int number, String why) {
            leftOver += number;
            run.report().leaveForLater(number + " instances of " + what(demand), why);
        }

        private synchronized void settle(RunnerDemand demand, BatchResult result) {
            var launched = result.instanceIds();
            if (!launched.isEmpty()) {
                run.report()
                        .launched(new SweepReport.Launch(
                                demand.pool().name(), demand.scope().path(), launched));
            }
            var left = demand.jobs().size() - launched.size();
            switch (result.inTheWay()) {
                case null -> {
                    // all of it was launched
                }
                case Outcome.Deferred deferred
                when deferred.cause() == Outcome.Cause.PACED -> paced.add(demand.without(launched.size()));
                case Outcome.Deferred deferred -> settle(demand, left, deferred);
                case Failure.Misconfigured misconfigured -> {
                    LOG.errorf("misconfigured %s", misconfigured.message());
                    out(demand, misconfigured.message(), "mend what is named, the jobs are launched then");
                    run.report().failed(what(demand), misconfigured.message());
                }
                case Outcome.AlreadyLaunched already ->
                    leave(demand, left, "another sweep of this minute has launched");
                case Outcome.HandedOver handedOver -> leave(demand, left, handedOver.reason());
                case Failure.Unexpected unexpected -> throw new IllegalStateException(what(demand), unexpected.cause());
                default -> throw new IllegalStateException(what(demand) + ": " + result.inTheWay());
            }
        }

        private void settle(RunnerDemand demand, int left, Outcome.Deferred deferred) {
            switch (deferred.cause()) {
                case CAPACITY ->
                    out(
                            demand,
                            deferred.reason(),
                            "add instance types, subnets or markets to the pool; for a code of a limit raise the quota"
                                    + " in Service Quotas");
                case FULL -> out(demand, deferred.reason(), "raise maxRunners, or let it wait");
                case THROTTLED -> {
                    end = deferred.reason();
                    leave(demand, left, end);
                }
                case UNAVAILABLE, RATE_LIMITED, CALLS_SPENT, NOT_CLAIMING, PACED -> {
                    leftOver += left;
                    failures++;
                    end = failures < MOST_FAILURES ? end : deferred.reason();
                    run.report().failed(what(demand), deferred.reason());
                }
            }
        }

        private void out(RunnerDemand demand, String why, String cure) {
            var pool = demand.pool().name();
            if (!poolsOut.add(pool)) {
                return;
            }
            var oldest = demand.oldest().job();
            LOG.warnf(
                    "jobs wait pool=%s oldest=%d url=%s since=%s why=%s cure=%s",
                    pool, oldest.id(), oldest.url(), demand.since(), why, cure);
            run.report().leaveForLater("pool " + pool, why);
        }

        private static String what(RunnerDemand demand) {
            return "pool " + demand.pool().name() + " for " + demand.scope();
        }
    }
}
