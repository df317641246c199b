package io.mayfly.metrics;

import io.mayfly.outcome.Failure;
import io.mayfly.outcome.Outcome;

/** An outcome as metrics show it: a word for what it was, and one of few for why. */
public final class OutcomeMetrics {

    private OutcomeMetrics() {}

    /** Says in a line what became of an event. Of one that was turned away there is nothing to say. */
    public static void put(Outcome outcome, MetricsLine line) {
        switch (outcome) {
            case Outcome.Launched launched ->
                line.outcome("launched", "launched")
                        .pool(launched.pool())
                        .put(Property.RUNNER, launched.runner())
                        .put(Property.INSTANCE, launched.instanceId());
            case Outcome.AlreadyLaunched already ->
                line.outcome("already-launched", "already-launched").put(Property.INSTANCE, already.instanceId());
            case Outcome.HandedOver handedOver -> line.outcome("handed-over", "to-sweep");
            case Outcome.Enqueued enqueued ->
                line.outcome("handed-over", "to-queue").pool(enqueued.pool());
            case Outcome.Withdrawn withdrawn ->
                line.outcome("withdrawn", "withdrawn")
                        .put(Property.INSTANCE, String.join(",", withdrawn.instanceIds()));
            case Outcome.Terminated terminated ->
                line.outcome("terminated", "terminated")
                        .put(Property.INSTANCE, String.join(",", terminated.instanceIds()));
            case Outcome.Ignored ignored ->
                line.outcome("ignored", ignored.reason().key());
            case Outcome.Deferred deferred ->
                line.outcome("deferred", deferred.cause().key());
            case Failure.BadEvent bad -> line.outcome("refused", "bad-event");
            case Failure.Misconfigured misconfigured -> line.outcome("failed", "misconfigured");
            case Failure.Unexpected unexpected -> line.outcome("failed", "unexpected");
            case Failure.Rejected rejected -> {
                // Anybody can send such a thing as often as he likes; Lambda counts the answer for nothing.
            }
        }
    }
}
