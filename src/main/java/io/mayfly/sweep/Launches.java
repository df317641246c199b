package io.mayfly.sweep;

import io.mayfly.config.ConfigurationException;
import io.mayfly.config.Sleeper;
import io.mayfly.config.UnavailableException;
import io.mayfly.github.Allowance;
import io.mayfly.github.AllowanceSpentException;
import io.mayfly.github.RateLimitedException;
import io.mayfly.runner.Outcome;
import io.mayfly.runner.RunnerLifecycle;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;

/**
 * Launches what is missing, one after the other and no faster than EC2 lets an account: RunInstances gives 5 at once and
 * 2 a second. See "Request throttling for the Amazon EC2 API".
 */
@Singleton
class Launches {

    private static final Duration BETWEEN_LAUNCHES = Duration.ofMillis(500);

    /** Of EC2's 5 at once, what is left for the webhooks that come meanwhile is not taken. */
    private static final int AT_ONCE = 3;

    private static final Duration AFTER_A_THROTTLED_ONE = Duration.ofSeconds(2);
    private static final int MOST_FAILURES_IN_A_ROW = 3;
    private static final Duration ONE_LAUNCH = Duration.ofSeconds(9);
    private static final Logger LOG = Logger.getLogger(Launches.class);

    private final RunnerLifecycle lifecycle;
    private final Sleeper sleeper;
    private final InstantSource clock;

    Launches(RunnerLifecycle lifecycle, Sleeper sleeper, InstantSource clock) {
        this.lifecycle = lifecycle;
        this.sleeper = sleeper;
        this.clock = clock;
    }

    /**
     * Launches.
     *
     * @param calls to GitHub that the launches may make
     * @return how many are left for later
     */
    int launch(Collection<Shortage> missing, Allowance calls, SweepTime time, SweepReport report) {
        var round = new Round(time, report);
        var waiting = new ArrayDeque<>(missing);
        while (!waiting.isEmpty() && round.goesOn()) {
            var shortage = waiting.poll();
            if (round.isOut(shortage)) {
                continue;
            }
            if (!round.mayLaunch()) {
                waiting.addFirst(shortage);
                break;
            }
            if (calls.spend(() -> round.launch(shortage)) == Next.SAME_AGAIN) {
                waiting.addFirst(shortage);
            }
        }
        if (!waiting.isEmpty()) {
            report.leaveForLater(waiting.size() + " launches", round.why());
        }
        return waiting.size();
    }

    private enum Next {
        ANOTHER,
        SAME_AGAIN
    }

    /** The launches of one sweep. */
    private final class Round {

        private final SweepTime time;
        private final SweepReport report;
        private final Map<String, String> poolsOut = new HashMap<>();
        private Instant nextLaunch = clock.instant().minus(BETWEEN_LAUNCHES.multipliedBy(AT_ONCE));
        private int failuresInARow;
        private String end = "";

        Round(SweepTime time, SweepReport report) {
            this.time = time;
            this.report = report;
        }

        boolean goesOn() {
            return end.isEmpty();
        }

        String why() {
            return end;
        }

        boolean isOut(Shortage shortage) {
            return poolsOut.containsKey(shortage.pool().name());
        }

        /** Waits for the launch's turn; false when that would be too late. */
        boolean mayLaunch() {
            var now = clock.instant();
            var wait = Duration.between(now, nextLaunch);
            if (!time.mayLaunchAfter(wait.isPositive() ? wait : Duration.ZERO)) {
                end = "out of time";
                return false;
            }
            if (wait.isPositive()) {
                sleeper.sleep(wait);
            }
            var earliest = clock.instant().minus(BETWEEN_LAUNCHES.multipliedBy(AT_ONCE));
            nextLaunch = (nextLaunch.isBefore(earliest) ? earliest : nextLaunch).plus(BETWEEN_LAUNCHES);
            return true;
        }

        Next launch(Shortage shortage) {
            MDC.put("job", shortage.job().id());
            MDC.put("repository", shortage.job().repository());
            try {
                var outcome = lifecycle.launchThoroughly(
                        shortage.job(), shortage.pool(), time.end().atMost(ONE_LAUNCH));
                return settle(shortage, outcome);
            } catch (RateLimitedException | AllowanceSpentException e) {
                end = String.valueOf(e.getMessage());
                report.failed("launch for job " + shortage.job().id(), e);
            } catch (UnavailableException e) {
                failed(shortage, e);
            } catch (ConfigurationException e) {
                LOG.errorf("misconfigured %s", e.getMessage());
                out(shortage, String.valueOf(e.getMessage()), "mend what is named, the jobs are launched then");
                report.failed("launch for job " + shortage.job().id(), e);
            } finally {
                MDC.remove("job");
                MDC.remove("repository");
            }
            return Next.ANOTHER;
        }

        private Next settle(Shortage shortage, Outcome outcome) {
            if (!(outcome instanceof Outcome.Deferred deferred)) {
                failuresInARow = 0;
                if (outcome instanceof Outcome.Launched launched) {
                    report.launched(shortage.job().id(), launched.instanceId());
                }
                return Next.ANOTHER;
            }
            switch (deferred.cause()) {
                case THROTTLED -> {
                    return throttled(deferred.reason());
                }
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
            return Next.ANOTHER;
        }

        private Next throttled(String reason) {
            failuresInARow++;
            if (failuresInARow >= MOST_FAILURES_IN_A_ROW) {
                end = reason;
            }
            nextLaunch = clock.instant().plus(AFTER_A_THROTTLED_ONE);
            return Next.SAME_AGAIN;
        }

        private void failed(Shortage shortage, UnavailableException e) {
            failuresInARow++;
            if (failuresInARow >= MOST_FAILURES_IN_A_ROW) {
                end = String.valueOf(e.getMessage());
            }
            report.failed("launch for job " + shortage.job().id(), e);
        }

        private void out(Shortage shortage, String why, String cure) {
            var pool = shortage.pool().name();
            poolsOut.put(pool, why);
            LOG.warnf(
                    "jobs wait pool=%s oldest=%d url=%s since=%s why=%s cure=%s",
                    pool, shortage.job().id(), shortage.waiting().url(), shortage.since(), why, cure);
            report.leaveForLater("pool " + pool, why);
        }
    }
}
