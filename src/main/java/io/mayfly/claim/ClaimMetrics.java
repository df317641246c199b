package io.mayfly.claim;

import io.mayfly.config.Settings;
import io.mayfly.ec2.Tags;
import io.mayfly.invocation.LambdaInvocation;
import io.mayfly.metrics.Kind;
import io.mayfly.metrics.Measurements;
import io.mayfly.metrics.Metric;
import io.mayfly.metrics.MetricsLine;
import io.mayfly.metrics.MetricsLog;
import io.mayfly.metrics.Property;
import io.mayfly.outcome.Failure;
import io.mayfly.outcome.Outcome;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.InstantSource;
import org.jboss.logging.Logger;

/** The line of a claim. One without a right ticket has none: anybody can send it, and a line is paid for. */
@Singleton
class ClaimMetrics {

    private static final Logger LOG = Logger.getLogger(ClaimMetrics.class);

    private final Settings settings;
    private final Measurements measurements;
    private final MetricsLog log;
    private final InstantSource clock;

    ClaimMetrics(Settings settings, Measurements measurements, MetricsLog log, InstantSource clock) {
        this.settings = settings;
        this.measurements = measurements;
        this.log = log;
        this.clock = clock;
    }

    /** Writes the line of a claim. Never throws: it is no part of the work. */
    void write(LambdaInvocation invocation, ClaimOutcome outcome) {
        if (outcome instanceof ClaimOutcome.Refused refused && refused.why().isToStranger()) {
            return;
        }
        try {
            var line = log.line(Kind.CLAIM, settings.deployment())
                    .put(Property.REQUEST, invocation.id())
                    .put(Metric.CLAIM_TIME, invocation.age());
            put(outcome, line);
            measurements.moveInto(line);
            log.write(line);
        } catch (RuntimeException e) {
            LOG.warnf("metrics of the claim not written why=%s", e.toString());
        }
    }

    private void put(ClaimOutcome outcome, MetricsLine line) {
        switch (outcome) {
            case ClaimOutcome.Granted granted ->
                line.pool(granted.pool())
                        .put(Metric.CLAIMS, 1)
                        .put(
                                Metric.TIME_TO_CLAIM,
                                Duration.between(granted.instance().launchedAt(), clock.instant()))
                        .put(Property.INSTANCE, granted.instance().id())
                        .put(Property.RUNNER, granted.runner())
                        .put(Property.REPOSITORY, granted.instance().tag(Tags.REPOSITORY));
            case ClaimOutcome.Refused refused ->
                line.because("refused", refused.why().key()).put(Metric.CLAIMS_REFUSED, 1);
            case ClaimOutcome.Failed failed ->
                line.because("failed", reason(failed.failure())).put(Metric.CLAIMS_REFUSED, 1);
        }
    }

    private static String reason(Failure failure) {
        return switch (failure) {
            case Outcome.Deferred deferred when deferred.cause() == Outcome.Cause.RATE_LIMITED -> "rate-limited";
            case Outcome.Deferred deferred -> deferred.cause().key();
            case Failure.Misconfigured misconfigured -> "misconfigured";
            case Failure.Rejected rejected -> "unexpected";
            case Failure.BadEvent bad -> "unexpected";
            case Failure.Unexpected unexpected -> "unexpected";
        };
    }
}
