package io.mayfly.fleet;

import io.mayfly.config.Settings;
import io.mayfly.ec2.Instances;
import io.mayfly.ec2.Tags;
import io.mayfly.pool.Pool;
import io.mayfly.time.Deadline;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The live instances of each pool by their runner's name, as counted at most 10 s ago, and what this environment has
 * launched and ended since. So {@code maxRunners} is a soft ceiling: environments that run at the same time don't see
 * each other's launches of the last 10 s.
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

    private record Count(Instant at, Map<String, String> instanceByRunner) {}

    /** Whether the pool has no room for another runner. Counts anew when the last count is too old. */
    boolean isFull(Pool pool, Deadline deadline) {
        return count(pool, deadline).instanceByRunner().size() >= pool.maxRunners();
    }

    /** The instance that was counted for a runner; null when there was none. */
    @Nullable
    String instanceOf(String runner, Pool pool) {
        var count = counts.get(pool.name());
        return count == null ? null : count.instanceByRunner().get(runner);
    }

    /** Counts in an instance that was launched. */
    void launched(Pool pool, String runner, String instanceId) {
        var count = counts.get(pool.name());
        if (count != null) {
            count.instanceByRunner().put(runner, instanceId);
        }
    }

    /** Counts out an instance that was ended. */
    public void terminated(String instanceId) {
        counts.values().forEach(count -> count.instanceByRunner().values().remove(instanceId));
    }

    private Count count(Pool pool, Deadline deadline) {
        var now = clock.instant();
        var known = counts.get(pool.name());
        if (known != null && now.isBefore(known.at().plus(REMEMBERED))) {
            return known;
        }
        var live = new ConcurrentHashMap<String, String>();
        instances
                .liveWithTags(Map.of(Tags.DEPLOYMENT, settings.deployment(), Tags.POOL, pool.name()), deadline)
                .forEach(instance -> live.put(
                        instance.tag(Tags.RUNNER).isEmpty() ? instance.id() : instance.tag(Tags.RUNNER),
                        instance.id()));
        var counted = new Count(now, live);
        counts.put(pool.name(), counted);
        return counted;
    }
}
