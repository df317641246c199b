package io.mayfly.sweep;

import io.mayfly.config.Settings;
import io.mayfly.cost.Prices;
import io.mayfly.ec2.Instance;
import io.mayfly.github.WorkflowJob;
import io.mayfly.metrics.Kind;
import io.mayfly.metrics.Measurements;
import io.mayfly.metrics.Metric;
import io.mayfly.metrics.MetricsLine;
import io.mayfly.metrics.MetricsLog;
import io.mayfly.metrics.Property;
import io.mayfly.runner.TerminationMetrics;
import jakarta.inject.Singleton;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The lines of a sweep: one for each launch, one for each pool in use, and its own. */
@Singleton
class SweepMetrics {

    /** What a live instance is counted for: a sweep comes every minute. */
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private static final Logger LOG = Logger.getLogger(SweepMetrics.class);

    private final Settings settings;
    private final TerminationMetrics terminations;
    private final Prices prices;
    private final Measurements measurements;
    private final MetricsLog log;
    private final InstantSource clock;

    SweepMetrics(
            Settings settings,
            TerminationMetrics terminations,
            Prices prices,
            Measurements measurements,
            MetricsLog log,
            InstantSource clock) {
        this.settings = settings;
        this.terminations = terminations;
        this.prices = prices;
        this.measurements = measurements;
        this.log = log;
        this.clock = clock;
    }

    /** What a sweep has found and done. Never throws: it is no part of the work. */
    void swept(SweepReport report, Duration time, String request) {
        try {
            var gauges = report.gauges();
            pools(gauges).forEach(pool -> log.write(put(gauges, pool, log.line(Kind.POOL, settings.deployment()))));
            var line = put(gauges, null, log.line(Kind.SWEEP, settings.deployment()))
                    .put(Property.REQUEST, request)
                    .put(Metric.SWEEP_TIME, time)
                    .put(Metric.INCOMPLETE_SWEEPS, report.complete() ? 0 : 1)
                    .putUnlessZero(Metric.SWEEP_LAUNCHED, report.instancesLaunched())
                    .putUnlessZero(Metric.SWEEP_TERMINATED, report.terminated().size())
                    .putUnlessZero(Metric.SWEEP_WITHDRAWN, report.withdrawn().size())
                    .putUnlessZero(
                            Metric.SWEEP_DEREGISTERED, report.deregistered().size())
                    .putUnlessZero(
                            Metric.SWEEP_REDELIVERED, report.redelivered().size())
                    .putUnlessZero(Metric.SWEEP_ERRORS, report.errors().size());
            report.findings().forEach(line::putUnlessZero);
            measurements.moveInto(line);
            log.write(line);
        } catch (RuntimeException e) {
            LOG.warnf("metrics of the sweep not written why=%s", e.toString());
        }
    }

    private Set<String> pools(PoolGauges gauges) {
        var pools =
                live(gauges, null).stream().map(terminations::poolOf).collect(Collectors.toCollection(TreeSet::new));
        if (gauges.waiting() != null) {
            pools.addAll(gauges.waiting().keySet());
        }
        return pools;
    }

    /**
     * Puts in what was seen.
     *
     * @param pool null: of all pools
     */
    private MetricsLine put(PoolGauges gauges, @Nullable String pool, MetricsLine line) {
        if (pool != null) {
            line.pool(pool);
        }
        if (gauges.inventory() != null) {
            putFleet(live(gauges, pool), line, pool == null);
        }
        if (gauges.waiting() != null) {
            var waiting = new ArrayList<WorkflowJob>();
            gauges.waiting().forEach((name, jobs) -> {
                if (pool == null || name.equals(pool)) {
                    waiting.addAll(jobs);
                }
            });
            line.put(Metric.JOBS_WAITING, waiting.size()).put(Metric.OLDEST_JOB_AGE, oldest(waiting));
        }
        return line;
    }

    private void putFleet(List<Instance> live, MetricsLine line, boolean whole) {
        var costs = live.stream()
                .map(instance -> prices.of(instance, MINUTE))
                .filter(Objects::nonNull)
                .toList();
        line.put(Metric.INSTANCES_PENDING, in("pending", live))
                .put(Metric.INSTANCES_RUNNING, in("running", live))
                .put(
                        Metric.INSTANCES_UNCLAIMED,
                        live.stream().filter(instance -> !instance.isClaimed()).count())
                .put(Metric.FLEET_MINUTES, live.size())
                .put(
                        Metric.FLEET_COST,
                        costs.stream().reduce(BigDecimal.ZERO, BigDecimal::add).doubleValue());
        if (whole) {
            line.putUnlessZero(Metric.UNPRICED_INSTANCES, live.size() - costs.size());
        }
    }

    private List<Instance> live(PoolGauges gauges, @Nullable String pool) {
        var inventory = gauges.inventory();
        return inventory == null
                ? List.of()
                : inventory.live().stream()
                        .filter(instance ->
                                pool == null || terminations.poolOf(instance).equals(pool))
                        .toList();
    }

    private Duration oldest(List<WorkflowJob> waiting) {
        var now = clock.instant();
        var since = waiting.stream()
                .map(WorkflowJob::createdAt)
                .min(Instant::compareTo)
                .orElse(now);
        return since.isBefore(now) ? Duration.between(since, now) : Duration.ZERO;
    }

    private static long in(String state, List<Instance> live) {
        return live.stream().filter(instance -> state.equals(instance.state())).count();
    }
}
