package io.mayfly.sweep;

import io.mayfly.ec2.Instance;
import io.mayfly.ec2.Instances;
import io.mayfly.ec2.Tags;
import io.mayfly.github.Scope;
import io.mayfly.pool.Pool;
import io.mayfly.pool.RunnerPools;
import io.mayfly.runner.RunnerTags;
import io.mayfly.runner.Withdrawal;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Withdraws instances that no job needs (K4): in a scope and pool whose jobs were seen whole, two looks about a minute apart found
 * more without a runner than jobs that wait. The newest go, the ones of the first look, which is written on them in the tag
 * {@code mayfly:suspect}. What is withdrawn for a job that was not to be seen yet is launched anew 45 s after it is.
 */
@Singleton
class Surplus {

    /** Two sweeps, the later of which may begin a little early. */
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(50);

    /** An older first look says nothing of now. */
    private static final Duration LOOK_COUNTS = Duration.ofMinutes(5);

    private static final String LOOK = "surplus ";
    private static final Pattern LOOKED = Pattern.compile(LOOK + "([0-9]{1,10})");
    private static final Pattern JOB = Pattern.compile("[1-9][0-9]{0,17}");
    private static final Comparator<Instance> NEWEST_FIRST =
            Comparator.comparing(Instance::launchedAt).reversed().thenComparing(Instance::id);

    private final RunnerPools pools;
    private final WaitingJobs waitingJobs;
    private final Instances instances;
    private final Withdrawal withdrawal;

    Surplus(RunnerPools pools, WaitingJobs waitingJobs, Instances instances, Withdrawal withdrawal) {
        this.pools = pools;
        this.waitingJobs = waitingJobs;
        this.instances = instances;
        this.withdrawal = withdrawal;
    }

    /** Scopes are the same in whatever letters. */
    private record Where(String scope, String pool) {

        static Where of(Scope scope, String pool) {
            return new Where(scope.path().toLowerCase(Locale.ROOT), pool);
        }
    }

    void withdraw(InstanceInventory inventory, GitHubSnapshot snapshot, SweepRun run) {
        run.report().part("surplus", () -> {
            var needed = new HashMap<Where, Integer>();
            waitingJobs
                    .in(snapshot)
                    .forEach((group, jobs) ->
                            needed.merge(Where.of(group.scope(), group.pool().name()), jobs.size(), Integer::sum));
            unclaimed(inventory, snapshot)
                    .forEach((where, unclaimed) ->
                            judge(unclaimed, unclaimed.size() - needed.getOrDefault(where, 0), inventory.at(), run));
            return true;
        });
    }

    /** Those that boot or ask for their runner, where it is known which jobs wait: also not for a pool that is not set up. */
    private Map<Where, List<Instance>> unclaimed(InstanceInventory inventory, GitHubSnapshot snapshot) {
        var known = pools.all().stream().map(Pool::name).collect(Collectors.toSet());
        var unclaimed = new HashMap<Where, List<Instance>>();
        for (var instance : inventory.live()) {
            var tags = instance.isClaimed() || instance.isWithdrawn() ? null : RunnerTags.parse(instance);
            var pool = instance.tag(Tags.POOL);
            if (tags != null
                    && known.contains(pool)
                    && JOB.matcher(instance.tag(Tags.JOB)).matches()
                    && snapshot.hasSeenAllJobsOf(tags.at().scope())) {
                unclaimed
                        .computeIfAbsent(Where.of(tags.at().scope(), pool), key -> new ArrayList<>())
                        .add(instance);
            }
        }
        return unclaimed;
    }

    private void judge(List<Instance> unclaimed, int surplus, Instant look, SweepRun run) {
        if (surplus <= 0) {
            return;
        }
        var newest = unclaimed.stream().sorted(NEWEST_FIRST).toList();
        var second = newest.stream()
                .filter(instance -> isBetween(lookedAt(instance), look.minus(LOOK_COUNTS), look.minus(BETWEEN_LOOKS)))
                .limit(surplus)
                .toList();
        if (!second.isEmpty()) {
            withdrawal.withdrawSurplus(second, run.time().end());
            second.forEach(instance -> run.report().withdrawn(instance.id()));
        }
        var first = newest.stream()
                .limit(surplus)
                .filter(instance -> !isBetween(lookedAt(instance), look.minus(LOOK_COUNTS), look))
                .map(Instance::id)
                .toList();
        if (!first.isEmpty()) {
            instances.tag(
                    first,
                    Map.of(Tags.SUSPECT, LOOK + look.getEpochSecond()),
                    run.time().end());
        }
    }

    private static @Nullable Instant lookedAt(Instance instance) {
        var looked = LOOKED.matcher(instance.tag(Tags.SUSPECT));
        return looked.matches() ? Instant.ofEpochSecond(Long.parseLong(looked.group(1))) : null;
    }

    private static boolean isBetween(@Nullable Instant time, Instant first, Instant last) {
        return time != null && !time.isBefore(first) && !time.isAfter(last);
    }
}
