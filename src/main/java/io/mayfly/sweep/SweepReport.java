package io.mayfly.sweep;

import io.mayfly.metrics.Metric;
import io.mayfly.outcome.Failure;
import io.mayfly.outcome.IgnoredException;
import io.mayfly.outcome.Outcome;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** What a sweep has found and done, as it goes. Its threads share it. */
public final class SweepReport {

    private static final Logger LOG = Logger.getLogger(SweepReport.class);

    private final List<String> redelivered = new ArrayList<>();
    private final List<Launch> launched = new ArrayList<>();
    private final List<String> terminated = new ArrayList<>();
    private final List<String> withdrawn = new ArrayList<>();
    private final List<String> deregistered = new ArrayList<>();
    private final List<Skip> skipped = new ArrayList<>();
    private final List<String> errors = new ArrayList<>();
    private final Map<Metric, Integer> findings = new EnumMap<>(Metric.class);
    private PoolGauges gauges = PoolGauges.NOTHING;
    private boolean complete = true;
    private boolean checked;

    SweepReport() {}

    /** Instances that were launched together. */
    public record Launch(String pool, String scope, List<String> instanceIds) {}

    /** Something that was left alone, and why. */
    public record Skip(String what, String why) {}

    /**
     * Does a part of the sweep. When it fails the sweep goes on without it, and is not complete.
     *
     * @param what it is, for people
     * @return null when it failed
     */
    <T> @Nullable T part(String what, Supplier<T> work) {
        try {
            var result = work.get();
            succeeded();
            return result;
        } catch (IgnoredException e) {
            skip(what, String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            note(what, e);
        }
        return null;
    }

    /** Notes what has kept a piece of work from its end. What nobody has thought of ends the sweep. */
    Failure note(String what, RuntimeException thrown) {
        var failure = Failure.of(thrown);
        switch (failure) {
            case Outcome.Deferred deferred
            when deferred.cause() == Outcome.Cause.CALLS_SPENT -> leaveForLater(what, deferred.reason());
            case Outcome.Deferred deferred -> failed(what, deferred.reason());
            case Failure.Misconfigured misconfigured -> {
                LOG.errorf("misconfigured %s", misconfigured.message());
                failed(what, misconfigured.message());
            }
            case Failure.BadEvent bad -> throw thrown;
            case Failure.Rejected rejected -> throw thrown;
            case Failure.Unexpected unexpected -> throw thrown;
        }
        return failure;
    }

    private synchronized void succeeded() {
        checked = true;
    }

    /** Notes a failure. */
    synchronized void failed(String what, String why) {
        errors.add(what + ": " + why);
        complete = false;
    }

    /** Notes what was due and is left for the next sweep. */
    synchronized void leaveForLater(String what, String why) {
        skip(what, why);
        complete = false;
    }

    /** Notes what is left alone on purpose. */
    synchronized void skip(String what, String why) {
        skipped.add(new Skip(what, why));
    }

    synchronized void redelivered(String guid) {
        redelivered.add(guid);
    }

    synchronized void launched(Launch launch) {
        launched.add(launch);
    }

    synchronized void terminated(String instanceId) {
        terminated.add(instanceId);
    }

    synchronized void withdrawn(String instanceId) {
        withdrawn.add(instanceId);
    }

    synchronized void deregistered(String runner) {
        deregistered.add(runner);
    }

    /** Notes something that metrics count. */
    void found(Metric metric) {
        found(metric, 1);
    }

    synchronized void found(Metric metric, int number) {
        findings.merge(metric, number, Integer::sum);
    }

    synchronized Map<Metric, Integer> findings() {
        return Map.copyOf(findings);
    }

    /** Notes what there is. */
    synchronized void saw(PoolGauges value) {
        gauges = value;
    }

    synchronized PoolGauges gauges() {
        return gauges;
    }

    /** Guids of the deliveries that GitHub was asked to repeat. */
    public synchronized List<String> redelivered() {
        return List.copyOf(redelivered);
    }

    public synchronized List<Launch> launched() {
        return List.copyOf(launched);
    }

    int instancesLaunched() {
        return launched().stream()
                .mapToInt(launch -> launch.instanceIds().size())
                .sum();
    }

    /** Ids of instances. */
    public synchronized List<String> terminated() {
        return List.copyOf(terminated);
    }

    /** Ids of instances. */
    public synchronized List<String> withdrawn() {
        return List.copyOf(withdrawn);
    }

    /** Names of runners. */
    public synchronized List<String> deregistered() {
        return List.copyOf(deregistered);
    }

    public synchronized List<Skip> skipped() {
        return List.copyOf(skipped);
    }

    public synchronized List<String> errors() {
        return List.copyOf(errors);
    }

    /** Whether all that was due was looked at, and nothing failed. */
    public synchronized boolean complete() {
        return complete;
    }

    /** Whether anything could be looked at. */
    public synchronized boolean checked() {
        return checked;
    }
}
