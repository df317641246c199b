package io.mayfly.fleet;

import io.mayfly.config.Settings;
import io.mayfly.ec2.Instance;
import io.mayfly.ec2.Instances;
import io.mayfly.ec2.Tags;
import io.mayfly.github.Scope;
import io.mayfly.pool.Pool;
import io.mayfly.time.Deadline;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The instances of each pool, as counted at most 10 s ago, and what this environment has launched and ended since. So {@code
 * maxRunners} is a soft ceiling: environments that run at the same time don't see each other's launches of the last 10 s.
 */
@Singleton
public class PoolOccupancy {

    private static final Duration REMEMBERED = Duration.ofSeconds(10);

    private final Instances instances;
    private final Settings settings;
    private final InstantSource clock;
    private final Map<String, Count> counts = new ConcurrentHashMap<>();

    public PoolOccupancy(Instances instances, Settings settings, InstantSource clock) {
        this.instances = instances;
        this.settings = settings;
        this.clock = clock;
    }

    /** @param jobs for which the live instances were launched, by the instances' ids */
    private record Count(Instant at, List<Instance> seen, Map<String, String> jobs) {}

    /** Whether the pool has no room for another runner. Counts anew when the last count is too old. */
    boolean isFull(Pool pool, Deadline deadline) {
        return count(pool, deadline).jobs().size() >= pool.maxRunners();
    }

    /** Whether the instances of a scope claim their runners, as of the last count. */
    ClaimBrake brake(Scope scope, Pool pool, Deadline deadline) {
        var ofScope = count(pool, deadline).seen().stream()
                .filter(instance -> instance.tag(Tags.SCOPE).equalsIgnoreCase(scope.path()))
                .toList();
        return ClaimBrake.of(ofScope, pool.timeouts(), clock.instant());
    }

    /** The live instance that was launched for a job, as of the last count; null when there was none. */
    @Nullable
    String instanceOf(long job, Pool pool, Deadline deadline) {
        return count(pool, deadline).jobs().entrySet().stream()
                .filter(one -> one.getValue().equals(Long.toString(job)))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(null);
    }

    /** Counts in an instance that was launched. */
    void launched(Pool pool, long job, String instanceId) {
        var count = counts.get(pool.name());
        if (count != null) {
            count.jobs().put(instanceId, Long.toString(job));
        }
    }

    /** Counts out an instance that was ended. */
    public void terminated(String instanceId) {
        counts.values().forEach(count -> count.jobs().remove(instanceId));
    }

    private Count count(Pool pool, Deadline deadline) {
        var now = clock.instant();
        var known = counts.get(pool.name());
        if (known != null && now.isBefore(known.at().plus(REMEMBERED))) {
            return known;
        }
        var seen = instances.withTags(Map.of(Tags.DEPLOYMENT, settings.deployment(), Tags.POOL, pool.name()), deadline);
        var jobs = new ConcurrentHashMap<String, String>();
        seen.stream().filter(Instance::isLive).forEach(instance -> jobs.put(instance.id(), instance.tag(Tags.JOB)));
        var counted = new Count(now, seen, jobs);
        counts.put(pool.name(), counted);
        return counted;
    }
}
