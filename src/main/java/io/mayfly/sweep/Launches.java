package io.mayfly.sweep;

import io.mayfly.config.ConfigurationException;
import io.mayfly.config.Deadline;
import io.mayfly.config.Sleeper;
import io.mayfly.config.UnavailableException;
import io.mayfly.config.Workers;
import io.mayfly.github.Allowance;
import io.mayfly.github.AllowanceSpentException;
import io.mayfly.github.RateLimitedException;
import io.mayfly.runner.Outcome;
import io.mayfly.runner.Reason;
import io.mayfly.runner.RunnerLifecycle;
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

    private final RunnerLifecycle lifecycle;
    private final Sleeper sleeper;
    private final Workers workers;
    private final SweepMetrics metrics;
    private final InstantSource clock;

    Launches(RunnerLifecycle lifecycle, Sleeper sleeper, Workers workers, SweepMetrics metrics, InstantSource clock) {
        this.lifecycle = lifecycle;
        this.sleeper = sleeper;
        this.workers = workers;
        this.metrics = metrics;
        this.clock = clock;
    }

    /** @param calls to GitHub that the launches may make */
    Round round(Allowance calls, SweepTime time, SweepReport report) {
        return new Round(calls, time, report);
    }

    private record Turn(Shortage shortage, Duration pause) {}

    private static Instant later(Instant one, Instant other) {
        return one.isBefore(other) ? other : one;
    }

    /** The launches of one sweep, of which some may have to wait until it has done other work. */
    final class Round {

        private final Deque<Shortage> waiting = new ArrayDeque<>();
        private final Allowance calls;
        private final SweepTime time;
        private final SweepReport report;
        private final Set<String> poolsOut = new HashSet<>();
        private Instant nextLaunch = clock.instant().minus(BETWEEN_LAUNCHES.multipliedBy(AT_ONCE));
        private boolean needed;
        private int throttledInARow;
        private int failuresInARow;
        private String end = "";

        private Round(Allowance calls, SweepTime time, SweepReport report) {
            this.calls = calls;
            this.time = time;
            this.report = report;
        }

        /** Launches these while there is time before other work. */
        void launch(Collection<Shortage> missing) {
            needed |= !missing.isEmpty();
            waiting.addAll(missing);
            launchUntil(time.launch());
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
            launchUntil(time.goOn());
            if (!waiting.isEmpty()) {
                report.leaveForLater(waiting.size() + " launches", end.isEmpty() ? "out of time" : end);
            }
        }

        private void launchUntil(Deadline until) {
            workers.run(Math.min(UNDER_WAY, waiting.size()), () -> work(until));
        }

        private void work(Deadline until) {
            for (var turn = next(until); turn != null; turn = next(until)) {
                var shortage = turn.shortage();
                if (turn.pause().isPositive()) {
                    sleeper.sleep(turn.pause());
                }
                calls.spend(() -> {
                    launch(shortage);
                    return true;
                });
            }
        }

        /** The next launch and the wait for its turn; null when there is none, or it would be too late. */
        private synchronized @Nullable Turn next(Deadline until) {
            waiting.removeIf(shortage -> poolsOut.contains(shortage.pool().name()));
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

        private void launch(Shortage shortage) {
            MDC.put("job", shortage.job().id());
            MDC.put("repository", shortage.job().repository());
            try {
                var outcome = lifecycle.launchThoroughly(
                        shortage.job(), shortage.pool(), time.end().atMost(ONE_LAUNCH));
                metrics.launch(shortage, outcome);
                settle(shortage, outcome);
            } catch (RateLimitedException | AllowanceSpentException e) {
                metrics.launch(shortage, e);
                end(String.valueOf(e.getMessage()));
                report.failed("launch for job " + shortage.job().id(), e);
            } catch (UnavailableException e) {
                metrics.launch(shortage, e);
                failed(shortage, e);
            } catch (ConfigurationException e) {
                LOG.errorf("misconfigured %s", e.getMessage());
                metrics.launch(shortage, e);
                out(shortage, String.valueOf(e.getMessage()), "mend what is named, the jobs are launched then");
                report.failed("launch for job " + shortage.job().id(), e);
            } finally {
                MDC.remove("job");
                MDC.remove("repository");
            }
        }

        private synchronized void settle(Shortage shortage, Outcome outcome) {
            if (!(outcome instanceof Outcome.Deferred deferred)) {
                failuresInARow = 0;
                throttledInARow = 0;
                if (outcome instanceof Outcome.Launched launched) {
                    report.launched(shortage.job().id(), launched.instanceId());
                } else if (outcome instanceof Outcome.Ignored ignored && ignored.reason() == Reason.HAS_BEGUN) {
                    launchForAnother(shortage);
                }
                return;
            }
            switch (deferred.cause()) {
                case THROTTLED -> throttled(shortage, deferred.reason());
                case CAPACITY ->
                    out(
                            shortage,
                            deferred.reason(),
                            "add instance types, subnets or markets to the pool; for a code of a limit raise the quota in"
                                    + " Service Quotas");
                case FULL -> out(shortage, deferred.reason(), "raise maxRunners, or let it wait");
                case UNAVAILABLE -> failed(shortage, new UnavailableException(deferred.reason()));
                case CONTENDED -> report.skip("job " + shortage.job().id(), deferred.reason());
            }
        }

        /** The job has taken a runner that was counted for another, so that as many are missing as before. */
        private void launchForAnother(Shortage shortage) {
            var standIn = shortage.standIns().next();
            if (standIn != null) {
                waiting.addFirst(standIn);
            }
        }

        private void throttled(Shortage shortage, String reason) {
            waiting.addFirst(shortage);
            throttledInARow++;
            if (throttledInARow >= MOST_THROTTLED_IN_A_ROW) {
                end = reason;
            }
            nextLaunch = later(nextLaunch, clock.instant().plus(AFTER_A_THROTTLED_ONE));
        }

        private synchronized void failed(Shortage shortage, UnavailableException e) {
            failuresInARow++;
            if (failuresInARow >= MOST_FAILURES_IN_A_ROW) {
                end = String.valueOf(e.getMessage());
            }
            report.failed("launch for job " + shortage.job().id(), e);
        }

        private synchronized void end(String why) {
            end = why;
        }

        private synchronized void out(Shortage shortage, String why, String cure) {
            var pool = shortage.pool().name();
            if (!poolsOut.add(pool)) {
                return;
            }
            LOG.warnf(
                    "jobs wait pool=%s oldest=%d url=%s since=%s why=%s cure=%s",
                    pool, shortage.job().id(), shortage.waiting().url(), shortage.since(), why, cure);
            report.leaveForLater("pool " + pool, why);
        }
    }
}
