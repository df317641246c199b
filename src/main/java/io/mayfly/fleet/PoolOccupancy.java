package io.mayfly.fleet;

import io.mayfly.config.Settings;
import io.mayfly.ec2.Instance;
import io.mayfly.ec2.Instances;
import io.mayfly.ec2.Tags;
import io.mayfly.github.RunnerRegistrar;
import io.mayfly.github.Scope;
import io.mayfly.outcome.Outcome;
import io.mayfly.outcome.Outcome.Cause;
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
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The instances of each pool, as counted just now or at most 10 s ago, and what this environment has launched and ended since. So
 * {@code maxRunners} is a soft ceiling: environments that run at the same time don't see each other's launches.
 *
 * <p>A batch also stops where as many instances of an owner have not claimed yet as GitHub registers runners in a minute: more
 * would only wait for it, and cost.
 */
@Singleton
public class PoolOccupancy {

    private static final Duration NEXT_SWEEP = Duration.ofSeconds(60);
    private static final Duration REMEMBERED = Duration.ofSeconds(10);

    /** EC2 shows what it has launched within seconds. */
    private static final Duration SHOWN = Duration.ofSeconds(30);

    private final Instances instances;
    private final Settings settings;
    private final RunnerRegistrar registrar;
    private final InstantSource clock;
    private final Map<String, Count> counts = new ConcurrentHashMap<>();
    private final Map<String, Own> own = new ConcurrentHashMap<>();
    private final Map<String, Integer> reserved = new HashMap<>();
    private final Map<String, Integer> reservedOfOwner = new HashMap<>();

    public PoolOccupancy(Instances instances, Settings settings, RunnerRegistrar registrar, InstantSource clock) {
        this.instances = instances;
        this.settings = settings;
        this.registrar = registrar;
        this.clock = clock;
    }

    /** @param jobs for which the live instances were launched, by the instances' ids */
    private record Count(Instant at, List<Instance> seen, Map<String, String> jobs) {}

    /** An instance that this environment has launched. */
    private record Own(String pool, String owner, String job, Instant at) {}

    /**
     * Keeps room for the instances of a batch that are about to be launched, until it is released. A thorough one counts anew, and
     * sees the instances of all pools.
     */
    Room reserve(Batch batch, Deadline deadline) {
        var pool = batch.pool();
        if (!batch.thorough()) {
            return reserve(batch, count(pool, deadline), List.of(), Integer.MAX_VALUE);
        }
        var aMinute = registrar.aMinute();
        var now = clock.instant();
        var all = instances.inventory(Map.of(Tags.DEPLOYMENT, settings.deployment()), deadline);
        var ofPool = all.stream()
                .filter(instance -> instance.tag(Tags.POOL).equals(pool.name()))
                .toList();
        return reserve(batch, countAnew(pool, now, ofPool), all, aMinute);
    }

    private synchronized Room reserve(Batch batch, Count count, List<Instance> whole, int mostUnclaimed) {
        var pool = batch.pool();
        var owner = batch.owner();
        var wanted = batch.jobs().size();
        var inPool = (long) pool.maxRunners() - count.jobs().size() - reserved.getOrDefault(pool.name(), 0);
        var atGitHub = (long) mostUnclaimed - unclaimed(owner, pool, whole) - reservedOfOwner.getOrDefault(owner, 0);
        var number = Math.clamp(Math.min(inPool, atGitHub), 0, wanted);
        reserved.merge(pool.name(), number, Integer::sum);
        reservedOfOwner.merge(owner, number, Integer::sum);
        return new Room(
                number, number == wanted ? null : inPool <= atGitHub ? full(pool) : paced(batch, mostUnclaimed));
    }

    /** The instances have been launched, or have not. */
    synchronized void release(Batch batch, int number) {
        reserved.merge(batch.pool().name(), -number, Integer::sum);
        reservedOfOwner.merge(batch.owner(), -number, Integer::sum);
    }

    /** How many instances of an owner will claim and have not. */
    private long unclaimed(String owner, Pool pool, List<Instance> whole) {
        var now = clock.instant();
        var shown = whole.stream().map(Instance::id).collect(Collectors.toSet());
        return whole.stream()
                        .filter(instance -> instance.isLive()
                                && !instance.isClaimed()
                                && !instance.isWithdrawn()
                                && now.isBefore(ClaimBrake.claimsBefore(instance, pool.timeouts()))
                                && owner.equals(ownerOf(instance)))
                        .count()
                + own.entrySet().stream()
                        .filter(one -> one.getValue().owner().equals(owner) && !shown.contains(one.getKey()))
                        .count();
    }

    private static @Nullable String ownerOf(Instance instance) {
        var scope = Scope.parse(instance.tag(Tags.SCOPE));
        return scope == null ? null : scope.owner();
    }

    private static Outcome full(Pool pool) {
        return new Outcome.Deferred(
                Cause.FULL, "pool " + pool.name() + " is full (maxRunners " + pool.maxRunners() + ")", NEXT_SWEEP);
    }

    private static Outcome paced(Batch batch, int mostUnclaimed) {
        return new Outcome.Deferred(
                Cause.PACED,
                mostUnclaimed + " instances of " + batch.owner()
                        + " have not claimed yet: GitHub registers no more runners in a minute",
                NEXT_SWEEP);
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
    synchronized void launched(Batch batch, List<String> instanceIds) {
        var pool = batch.pool().name();
        var job = Long.toString(batch.oldest().id());
        var count = counts.get(pool);
        for (var id : instanceIds) {
            own.put(id, new Own(pool, batch.owner(), job, clock.instant()));
            if (count != null) {
                count.jobs().put(id, job);
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
                : countAnew(pool, clock.instant(), shownOf(pool, deadline));
    }

    private List<Instance> shownOf(Pool pool, Deadline deadline) {
        return instances.withTags(Map.of(Tags.DEPLOYMENT, settings.deployment(), Tags.POOL, pool.name()), deadline);
    }

    private Count countAnew(Pool pool, Instant now, List<Instance> seen) {
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
