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
import org.jspecify.annotations.Nullable;

/**
 * The line of a delivery. A delivery whose signature is missing or wrong has none: Lambda counts the answer for nothing, and
 * a line is paid for.
 */
@Singleton
class WebhookMetrics {

    /** GitHub lets a job wait for a day; a longer time is none of a queue. */
    private static final Duration LONGEST_WAIT = Duration.ofHours(25);

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

    MetricsLine begin(WebhookRequest delivery) {
        return log.line(Kind.WEBHOOK, deployment())
                .put(Property.REQUEST, delivery.requestId())
                .put(Property.DELIVERY, delivery.guid());
    }

    /** Which job it is about. */
    void about(WorkflowJobEvent event, MetricsLine line) {
        line.put(Property.ACTION, hint(event::action))
                .put(Property.REPOSITORY, text(hint(event::repository)))
                .put(Property.WORKFLOW, hint(event::workflow));
        var job = hint(event::jobId);
        if (job != null) {
            line.put(Property.JOB, job);
        }
    }

    /** What became of an event. */
    Outcome became(Outcome outcome, MetricsLine line) {
        OutcomeMetrics.put(outcome, line);
        return outcome;
    }

    /** What became of a job's event, and how long the job has waited for it. */
    Outcome became(Outcome outcome, WorkflowJobEvent event, MetricsLine line) {
        if (outcome instanceof Outcome.Launched) {
            putWait(Metric.TIME_TO_LAUNCH, event, clock.instant(), line);
        } else if (outcome instanceof Outcome.Ignored ignored && ignored.reason() == IgnoredReason.IN_PROGRESS) {
            began(event, line);
        } else if (outcome instanceof Outcome.Ignored ignored && ignored.reason() == IgnoredReason.NO_POOL) {
            line.put(Property.LABELS, String.join(",", event.labels()));
        }
        return became(outcome, line);
    }

    /** A line without an outcome is not written. */
    void end(MetricsLine line, WebhookRequest delivery) {
        if (line.hasOutcome()) {
            line.put(Property.MILLISECONDS, delivery.age().toMillis());
            measurements.moveInto(line);
            log.write(line);
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
