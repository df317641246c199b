package io.mayfly.metrics;

import io.mayfly.outcome.ConfigurationException;
import io.mayfly.outcome.Outcome;
import io.mayfly.outcome.UnavailableException;
import java.util.Locale;

/** An outcome as metrics show it: a word for what it was, and one of few for why. */
public final class OutcomeMetrics {

    private static final String DEFERRED = "deferred";
    private static final String FAILED = "failed";

    private OutcomeMetrics() {}

    /** Says in a line what became of an event. */
    public static void put(Outcome outcome, MetricsLine line) {
        switch (outcome) {
            case Outcome.Launched launched ->
                line.outcome("launched", "launched")
                        .pool(launched.pool())
                        .put(Property.RUNNER, launched.runner())
                        .put(Property.INSTANCE, launched.instanceId());
            case Outcome.AlreadyLaunched already ->
                line.outcome("already-launched", "already-launched")
                        .put(Property.RUNNER, already.runner())
                        .put(Property.INSTANCE, already.instanceId());
            case Outcome.Terminated terminated ->
                line.outcome("terminated", "terminated")
                        .put(Property.INSTANCE, String.join(",", terminated.instanceIds()));
            case Outcome.Ignored ignored ->
                line.outcome("ignored", ignored.reason().key());
            case Outcome.Deferred deferred ->
                line.outcome(DEFERRED, deferred.cause().name().toLowerCase(Locale.ROOT));
        }
    }

    /** Says in a line what has kept an event from an outcome. */
    public static void put(Throwable failure, MetricsLine line) {
        switch (failure) {
            case UnavailableException unavailable ->
                line.outcome(DEFERRED, Outcome.Cause.UNAVAILABLE.name().toLowerCase(Locale.ROOT));
            case ConfigurationException misconfigured -> line.outcome(FAILED, "misconfigured");
            default -> line.outcome(FAILED, "unexpected");
        }
    }
}
