package io.mayfly.webhook;

import static io.mayfly.webhook.WorkflowJobEvent.hint;

import io.mayfly.config.Settings;
import io.mayfly.github.RunnerName;
import io.mayfly.metrics.Kind;
import io.mayfly.metrics.Measurements;
import io.mayfly.metrics.Metric;
import io.mayfly.metrics.MetricsLine;
import io.mayfly.metrics.MetricsLog;
import io.mayfly.metrics.OutcomeMetrics;
import io.mayfly.metrics.Property;
import io.mayfly.outcome.ConfigurationException;
import io.mayfly.outcome.IgnoredReason;
import io.mayfly.outcome.Outcome;
import io.mayfly.outcome.UnavailableException;
import io.mayfly.pool.RunnerPools;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The line of a delivery. A delivery whose signature is missing or wrong has none: Lambda counts the answer for nothing, and
 * a line is paid for.
 */
@Singleton
class WebhookMetrics {

    /** GitHub lets a job wait for a day; a longer time is none of a queue. */
    private static final Duration LONGEST_WAIT = Duration.ofHours(25);

    private static final Logger LOG = Logger.getLogger(WebhookMetrics.class);

    private final Settings settings;
    private final RunnerPools pools;
    private final Measurements measurements;
    private final MetricsLog log;
    private final InstantSource clock;

    WebhookMetrics(
            Settings settings, RunnerPools pools, Measurements measurements, MetricsLog log, InstantSource clock) {
        this.settings = settings;
        this.pools = pools;
        this.measurements = measurements;
        this.log = log;
        this.clock = clock;
    }

    /** Writes the line of a delivery. Never throws: it is no part of the work. */
    void write(WebhookRequest request, Outcome outcome) {
        try {
            var line = log.line(Kind.WEBHOOK, deployment());
            OutcomeMetrics.put(outcome, line);
            if (line.hasOutcome()) {
                line.put(Property.REQUEST, request.id()).put(Property.DELIVERY, request.guid());
                var event = request.event();
                if (event != null) {
                    putJob(event, line);
                    putTimes(event, outcome, line);
                }
                line.put(Property.MILLISECONDS, request.age().toMillis());
                measurements.moveInto(line);
                log.write(line);
            }
        } catch (RuntimeException e) {
            LOG.warnf("metrics of the delivery not written why=%s", e.toString());
        }
    }

    /** Which job it is about. */
    private static void putJob(WorkflowJobEvent event, MetricsLine line) {
        line.put(Property.ACTION, hint(event::action))
                .put(Property.REPOSITORY, text(hint(event::repository)))
                .put(Property.WORKFLOW, hint(event::workflow));
        var job = hint(event::jobId);
        if (job != null) {
            line.put(Property.JOB, job);
        }
    }

    /** How long the job has waited for what became of its event, or what it waits for. */
    private void putTimes(WorkflowJobEvent event, Outcome outcome, MetricsLine line) {
        if (outcome instanceof Outcome.Launched) {
            putWait(Metric.TIME_TO_LAUNCH, event, clock.instant(), line);
        } else if (outcome instanceof Outcome.Ignored ignored && ignored.reason() == IgnoredReason.IN_PROGRESS) {
            began(event, line);
        } else if (outcome instanceof Outcome.Ignored ignored && ignored.reason() == IgnoredReason.NO_POOL) {
            line.put(Property.LABELS, String.join(",", event.labels()));
        }
    }

    private void began(WorkflowJobEvent event, MetricsLine line) {
        var runner = hint(event::runnerName);
        if (runner == null || !RunnerName.isOurs(deployment(), runner)) {
            return;
        }
        line.put(Property.RUNNER, runner);
        var pool = pool(event);
        if (pool != null) {
            line.pool(pool);
        }
        putWait(Metric.QUEUE_TIME, event, hint(event::startedAt), line);
    }

    /** A job behind an environment has waited for people too. */
    private static void putWait(Metric metric, WorkflowJobEvent event, @Nullable Instant until, MetricsLine line) {
        var createdAt = hint(event::createdAt);
        if (createdAt == null || until == null || event.hasDeployment()) {
            return;
        }
        var wait = Duration.between(createdAt, until);
        if (!wait.isNegative() && wait.compareTo(LONGEST_WAIT) < 0) {
            line.put(metric, wait);
        }
    }

    private @Nullable String pool(WorkflowJobEvent event) {
        try {
            var labels = hint(event::labels);
            var pool = labels == null ? null : pools.forLabels(labels);
            return pool == null ? null : pool.name();
        } catch (UnavailableException | ConfigurationException e) {
            return null;
        }
    }

    private static @Nullable String text(@Nullable Object value) {
        return value == null ? null : value.toString();
    }

    private String deployment() {
        try {
            return settings.deployment();
        } catch (ConfigurationException e) {
            return "misconfigured";
        }
    }
}
