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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The instances of each pool, as counted just now or at most 10 s ago, and what this environment has launched and ended since. So
 * {@code maxRunners} is a soft ceiling: environments that run at the same time don't see each other's launches.
 */
@Singleton
public class PoolOccupancy {

    private static final Duration REMEMBERED = Duration.ofSeconds(10);

    /** EC2 shows what it has launched within seconds. */
    private static final Duration SHOWN = Duration.ofSeconds(30);

    private final Instances instances;
    private final Settings settings;
    private final InstantSource clock;
    private final Map<String, Count> counts = new ConcurrentHashMap<>();
    private final Map<String, Own> own = new ConcurrentHashMap<>();
    private final Map<String, Integer> reserved = new HashMap<>();

    public PoolOccupancy(Instances instances, Settings settings, InstantSource clock) {
        this.instances = instances;
        this.settings = settings;
        this.clock = clock;
    }

    /** @param jobs for which the live instances were launched, by the instances' ids */
    private record Count(Instant at, List<Instance> seen, Map<String, String> jobs) {}

    /** An instance that this environment has launched. */
    private record Own(String pool, String job, Instant at) {}

    /**
     * Keeps room in the pool for instances that are about to be launched, until it is released.
     *
     * @param anew whether a count of some seconds ago is too old
     * @return for how many there is room
     */
    int reserve(Pool pool, int wanted, boolean anew, Deadline deadline) {
        var count = anew ? countAnew(pool, deadline) : count(pool, deadline);
        synchronized (this) {
            var taken = count.jobs().size() + reserved.getOrDefault(pool.name(), 0);
            var room = Math.clamp((long) pool.maxRunners() - taken, 0, wanted);
            reserved.merge(pool.name(), room, Integer::sum);
            return room;
        }
    }

    /** The instances have been launched, or have not. */
    synchronized void release(Pool pool, int number) {
        reserved.merge(pool.name(), -number, Integer::sum);
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

    /** How many live instances were launched in a job's name, as of the last count: of a batch it is its oldest's. */
    long launchedFor(long job, Pool pool, Deadline deadline) {
        var name = Long.toString(job);
        return count(pool, deadline).jobs().values().stream()
                .filter(name::equals)
                .count();
    }

    /** Counts in instances that were launched. */
    synchronized void launched(Pool pool, long job, List<String> instanceIds) {
        var count = counts.get(pool.name());
        for (var id : instanceIds) {
            own.put(id, new Own(pool.name(), Long.toString(job), clock.instant()));
            if (count != null) {
                count.jobs().put(id, Long.toString(job));
            }
        }
    }

    /** Counts out an instance that was ended. */
    public synchronized void terminated(String instanceId) {
        own.remove(instanceId);
        counts.values().forEach(count -> count.jobs().remove(instanceId));
    }

    private Count count(Pool pool, Deadline deadline) {
        var known = counts.get(pool.name());
        return known != null && clock.instant().isBefore(known.at().plus(REMEMBERED))
                ? known
                : countAnew(pool, deadline);
    }

    private Count countAnew(Pool pool, Deadline deadline) {
        var now = clock.instant();
        var seen = instances.withTags(Map.of(Tags.DEPLOYMENT, settings.deployment(), Tags.POOL, pool.name()), deadline);
        var jobs = new ConcurrentHashMap<String, String>();
        synchronized (this) {
            own.values().removeIf(one -> one.at().plus(SHOWN).isBefore(now));
            own.forEach((id, one) -> {
                if (one.pool().equals(pool.name())) {
                    jobs.put(id, one.job());
                }
            });
            for (var instance : seen) {
                if (instance.isLive()) {
                    jobs.put(instance.id(), instance.tag(Tags.JOB));
                } else {
                    jobs.remove(instance.id());
                }
            }
            var counted = new Count(now, seen, jobs);
            counts.put(pool.name(), counted);
            return counted;
        }
    }
}
