package io.mayfly.sweep;

import io.mayfly.fleet.RunnerLaunch;
import io.mayfly.outcome.Failure;
import io.mayfly.outcome.Outcome;
import io.mayfly.time.Deadline;
import io.mayfly.time.Sleeper;
import io.mayfly.time.Workers;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;
import org.jspecify.annotations.Nullable;

/**
 * Launches what is missing, the oldest job first and no faster than EC2 lets an account: RunInstances gives 5 at once and
 * 2 a second. See "Request throttling for the Amazon EC2 API". A launch takes one or two seconds, so some are under way at
 * once.
 */
@Singleton
class Launches {

    private static final Duration BETWEEN_LAUNCHES = Duration.ofMillis(500);

    /** Of EC2's 5 at once, what is left for the webhooks that come meanwhile is not taken. */
    private static final int AT_ONCE = 3;

    private static final int UNDER_WAY = 4;
    private static final Duration AFTER_A_THROTTLED_ONE = Duration.ofSeconds(2);
    private static final int MOST_THROTTLED_IN_A_ROW = 8;
    private static final int MOST_FAILURES_IN_A_ROW = 3;
    private static final Duration ONE_LAUNCH = Duration.ofSeconds(9);
    private static final Logger LOG = Logger.getLogger(Launches.class);

    private final RunnerLaunch launch;
    private final Sleeper sleeper;
    private final Workers workers;
    private final SweepMetrics metrics;
    private final InstantSource clock;

    Launches(RunnerLaunch launch, Sleeper sleeper, Workers workers, SweepMetrics metrics, InstantSource clock) {
        this.launch = launch;
        this.sleeper = sleeper;
        this.workers = workers;
        this.metrics = metrics;
        this.clock = clock;
    }

    Round round(SweepRun run) {
        return new Round(run);
    }

    private record Turn(RunnerDemand demand, Duration pause) {}

    private static Instant later(Instant one, Instant other) {
        return one.isBefore(other) ? other : one;
    }

    /** The launches of one sweep, of which some may have to wait until it has done other work. */
    final class Round {

        private final Deque<RunnerDemand> waiting = new ArrayDeque<>();
        private final SweepRun run;
        private final Set<String> poolsOut = new HashSet<>();
        private Instant nextLaunch = clock.instant().minus(BETWEEN_LAUNCHES.multipliedBy(AT_ONCE));
        private boolean needed;
        private int throttledInARow;
        private int failuresInARow;
        private String end = "";

        private Round(SweepRun run) {
            this.run = run;
        }

        /** Launches these while there is time before other work. */
        void launch(Collection<RunnerDemand> missing) {
            needed |= !missing.isEmpty();
            waiting.addAll(missing);
            launchUntil(run.time().launch());
        }

        /** Whether anything was missing. */
        boolean wasNeeded() {
            return needed;
        }

        /** How many wait that could be launched if there were time. */
        int leftOver() {
            return waiting.size();
        }

        /** Goes on with those for which the time was too short. */
        void goOn() {
            launchUntil(run.time().goOn());
            if (!waiting.isEmpty()) {
                run.report().leaveForLater(waiting.size() + " launches", end.isEmpty() ? "out of time" : end);
            }
        }

        private void launchUntil(Deadline until) {
            workers.run(Math.min(UNDER_WAY, waiting.size()), () -> work(until));
        }

        private void work(Deadline until) {
            for (var turn = next(until); turn != null; turn = next(until)) {
                var demand = turn.demand();
                if (turn.pause().isPositive()) {
                    sleeper.sleep(turn.pause());
                }
                launch(demand);
            }
        }

        /** The next launch and the wait for its turn; null when there is none, or it would be too late. */
        private synchronized @Nullable Turn next(Deadline until) {
            waiting.removeIf(demand -> poolsOut.contains(demand.pool().name()));
            if (!end.isEmpty() || waiting.isEmpty()) {
                return null;
            }
            var now = clock.instant();
            var from = later(now, waiting.getFirst().from());
            var turn = later(nextLaunch, from.minus(BETWEEN_LAUNCHES.multipliedBy(AT_ONCE)));
            var wait = Duration.between(now, later(turn, from));
            if (!until.allows(wait)) {
                return null;
            }
            nextLaunch = turn.plus(BETWEEN_LAUNCHES);
            return new Turn(waiting.removeFirst(), wait);
        }

        private void launch(RunnerDemand demand) {
            MDC.put("job", demand.job().id());
            MDC.put("repository", demand.job().repository().fullName());
            try {
                var outcome = Outcome.of(() -> launch.launchThoroughly(
                        demand.job(),
                        demand.pool(),
                        demand.again(),
                        run.time().end().atMost(ONE_LAUNCH)));
                metrics.launch(demand, outcome);
                settle(demand, outcome);
            } finally {
                MDC.remove("job");
                MDC.remove("repository");
            }
        }

        private synchronized void settle(RunnerDemand demand, Outcome outcome) {
            var what = "launch for job " + demand.job().id();
            switch (outcome) {
                case Outcome.Deferred deferred -> settle(demand, what, deferred);
                case Failure.Misconfigured misconfigured -> {
                    LOG.errorf("misconfigured %s", misconfigured.message());
                    out(demand, misconfigured.message(), "mend what is named, the jobs are launched then");
                    run.report().failed(what, misconfigured.message());
                }
                case Failure.Unexpected unexpected -> throw new IllegalStateException(what, unexpected.cause());
                case Outcome.AlreadyLaunched already ->
                    run.report().skip("job " + demand.job().id(), "another launch is under way");
                case Outcome.HandedOver handedOver ->
                    run.report().skip("job " + demand.job().id(), handedOver.reason());
                default -> {
                    failuresInARow = 0;
                    throttledInARow = 0;
                    if (outcome instanceof Outcome.Launched launched) {
                        run.report().launched(demand.job().id(), launched.instanceId());
                    }
                }
            }
        }

        private void settle(RunnerDemand demand, String what, Outcome.Deferred deferred) {
            switch (deferred.cause()) {
                case THROTTLED -> throttled(demand, deferred.reason());
                case CAPACITY ->
                    out(
                            demand,
                            deferred.reason(),
                            "add instance types, subnets or markets to the pool; for a code of a limit raise the quota in"
                                    + " Service Quotas");
                case FULL -> out(demand, deferred.reason(), "raise maxRunners, or let it wait");
                case UNAVAILABLE -> {
                    failuresInARow++;
                    if (failuresInARow >= MOST_FAILURES_IN_A_ROW) {
                        end = deferred.reason();
                    }
                    run.report().failed(what, deferred.reason());
                }
                case RATE_LIMITED, CALLS_SPENT -> {
                    end = deferred.reason();
                    run.report().failed(what, deferred.reason());
                }
                case NOT_CLAIMING -> run.report().skip("job " + demand.job().id(), deferred.reason());
            }
        }

        private void throttled(RunnerDemand demand, String reason) {
            waiting.addFirst(demand);
            throttledInARow++;
            if (throttledInARow >= MOST_THROTTLED_IN_A_ROW) {
                end = reason;
            }
            nextLaunch = later(nextLaunch, clock.instant().plus(AFTER_A_THROTTLED_ONE));
        }

        private void out(RunnerDemand demand, String why, String cure) {
            var pool = demand.pool().name();
            if (!poolsOut.add(pool)) {
                return;
            }
            LOG.warnf(
                    "jobs wait pool=%s oldest=%d url=%s since=%s why=%s cure=%s",
                    pool, demand.job().id(), demand.waiting().url(), demand.since(), why, cure);
            run.report().leaveForLater("pool " + pool, why);
        }
    }
}
