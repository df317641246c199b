package io.mayfly.runner;

import io.mayfly.config.Settings;
import io.mayfly.cost.Prices;
import io.mayfly.ec2.Instance;
import io.mayfly.ec2.Tags;
import io.mayfly.github.RunnerName;
import io.mayfly.metrics.Kind;
import io.mayfly.metrics.Metric;
import io.mayfly.metrics.MetricsLog;
import io.mayfly.metrics.Property;
import io.mayfly.outcome.ConfigurationException;
import io.mayfly.outcome.UnavailableException;
import io.mayfly.pool.RunnerPools;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Says of each instance that has ended how long it lived, for whom, and what that cost by estimate. */
@Singleton
public class TerminationMetrics {

    /** EC2 charges by the second, for a minute at least. */
    private static final Duration LEAST_CHARGED = Duration.ofMinutes(1);

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");

    private static final Logger LOG = Logger.getLogger(TerminationMetrics.class);

    private final Settings settings;
    private final RunnerPools pools;
    private final Prices prices;
    private final MetricsLog metrics;
    private final InstantSource clock;

    public TerminationMetrics(
            Settings settings, RunnerPools pools, Prices prices, MetricsLog metrics, InstantSource clock) {
        this.settings = settings;
        this.pools = pools;
        this.prices = prices;
        this.metrics = metrics;
        this.clock = clock;
    }

    /** Why an instance has ended. */
    public enum Why {
        COMPLETED("completed"),
        /** Its job has ended, and an operator keeps it: by estimate until its hold is over. */
        HELD("held"),
        CANCELLED("cancelled"),
        ENDED_ITSELF("ended-itself"),
        NEVER_CLAIMED("never-claimed"),
        NEVER_ONLINE("never-online"),
        IDLE("idle"),
        ABSENT("absent"),
        HARD_LIMIT("hard-limit");

        private final String text;

        Why(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /** An instance that was ended now. */
    public void ended(Instance instance, Why why) {
        ended(instance, why, null, clock.instant());
    }

    /**
     * An instance that has ended.
     *
     * @param workflow of the job that it was for, where that is known
     */
    void ended(Instance instance, Why why, @Nullable String workflow, Instant at) {
        try {
            write(instance, why, workflow, at);
        } catch (RuntimeException e) {
            LOG.warnf("metrics of instance=%s not written why=%s", instance.id(), e.toString());
        }
    }

    private void write(Instance instance, Why why, @Nullable String workflow, Instant at) {
        var lived = Duration.between(instance.launchedAt(), at);
        var charged = lived.compareTo(LEAST_CHARGED) < 0 ? LEAST_CHARGED : lived;
        var line = metrics.line(Kind.END, settings.deployment())
                .pool(poolOf(instance))
                .put(Property.REPOSITORY, instance.tag(Tags.REPOSITORY))
                .put(Property.WORKFLOW, workflow)
                .put(Property.RUNNER, instance.isClaimed() ? RunnerName.of(settings.deployment(), instance.id()) : "")
                .put(Property.INSTANCE, instance.id())
                .put(Property.INSTANCE_TYPE, instance.type())
                .put(Property.MARKET, instance.capacityType().toString())
                .put(Property.LAUNCHED_AT, instance.launchedAt().toString())
                .put(Property.WHY, why.toString())
                .put(Property.ENDED, instance.stateReason().code())
                .put(Metric.INSTANCE_MINUTES, (double) charged.toSeconds() / MINUTE.toSeconds());
        var job = instance.tag(Tags.JOB);
        if (NUMBER.matcher(job).matches()) {
            line.put(Property.JOB, Long.parseLong(job));
        }
        var cost = prices.of(instance, charged);
        if (cost != null) {
            line.put(Metric.ESTIMATED_COST, cost.doubleValue());
        }
        metrics.write(line);
    }

    /** The pool that an instance is of, where it is set up: a tag can be changed to anything. */
    public String poolOf(Instance instance) {
        var name = instance.tag(Tags.POOL);
        try {
            return pools.all().stream().anyMatch(pool -> pool.name().equals(name)) ? name : "other";
        } catch (UnavailableException | ConfigurationException e) {
            return "other";
        }
    }
}
