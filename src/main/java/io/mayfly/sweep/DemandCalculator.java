package io.mayfly.sweep;

import io.mayfly.ec2.Instance;
import io.mayfly.ec2.Tags;
import io.mayfly.fleet.ClaimBrake;
import io.mayfly.fleet.QueuedJob;
import io.mayfly.github.Repository;
import io.mayfly.github.Runner;
import io.mayfly.github.Scope;
import io.mayfly.github.WorkflowJob;
import io.mayfly.metrics.Metric;
import io.mayfly.outcome.ConfigurationException;
import io.mayfly.outcome.UnavailableException;
import io.mayfly.pool.Pool;
import io.mayfly.pool.RunnerPools;
import io.mayfly.runner.RunnerTags;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Counts which runners are missing. What is missing is a number for each scope and pool, not a job: the jobs that wait,
 * less the instances that boot or idle. It is launched in the names of the oldest jobs that have no instance of their own.
 */
@Singleton
class DemandCalculator {

    /** Until then the job's own webhook may still be at work. */
    private static final Duration WEBHOOK_HAS_FAILED = Duration.ofSeconds(90);

    /** The same, where a webhook of the repository is known to have failed: each is answered within 9 s of its arrival. */
    private static final Duration WEBHOOK_IS_KNOWN_TO_HAVE_FAILED = Duration.ofSeconds(10);

    /** EC2 may show an instance, and GitHub not yet its registration. */
    private static final Duration LISTS_LAG = Duration.ofMinutes(2);

    /** How long a job's own webhook may launch for it: later ones ask GitHub, and find the instance that is seen then. */
    private static final Duration MAY_BE_WEBHOOKS = Duration.ofMinutes(2);

    /** How many instances that have claimed and were launched for one job EC2 may show, ended ones included. */
    private static final int MOST_OF_A_JOB = 3;

    private static final Logger LOG = Logger.getLogger(DemandCalculator.class);

    private final RunnerPools pools;
    private final NotClaiming notClaiming;
    private final InstantSource clock;

    DemandCalculator(RunnerPools pools, NotClaiming notClaiming, InstantSource clock) {
        this.pools = pools;
        this.notClaiming = notClaiming;
        this.clock = clock;
    }

    private record Group(Scope scope, Pool pool) {}

    private record Waiting(WorkflowJob job, Repository repository) {}

    /** All that is missing, the oldest job first. */
    List<RunnerDemand> count(InstanceInventory inventory, GitHubSnapshot snapshot, SweepRun run) {
        var missing = new ArrayList<RunnerDemand>();
        waiting(snapshot).forEach((group, jobs) -> missing.addAll(count(group, jobs, inventory, snapshot, run)));
        missing.sort(Comparator.comparing(RunnerDemand::since));
        return missing;
    }

    /** The jobs that wait, by the name of their pool; null where pools can't be read, which the report says otherwise. */
    @Nullable
    Map<String, List<WorkflowJob>> byPool(GitHubSnapshot snapshot) {
        Map<Group, List<Waiting>> groups;
        try {
            groups = waiting(snapshot);
        } catch (UnavailableException | ConfigurationException e) {
            return null;
        }
        var jobs = new LinkedHashMap<String, List<WorkflowJob>>();
        groups.forEach((group, waiting) ->
                waiting.forEach(one -> jobs.computeIfAbsent(group.pool().name(), key -> new ArrayList<>())
                        .add(one.job())));
        return jobs;
    }

    private Map<Group, List<Waiting>> waiting(GitHubSnapshot snapshot) {
        var groups = new LinkedHashMap<Group, List<Waiting>>();
        for (var job : snapshot.queued()) {
            var repository = snapshot.served(job.repository());
            var pool = repository == null ? null : poolOf(job);
            var scope = repository == null || pool == null ? null : pool.scope(repository);
            if (repository != null && pool != null && scope != null) {
                groups.computeIfAbsent(new Group(scope, pool), key -> new ArrayList<>())
                        .add(new Waiting(job, repository));
            }
        }
        return groups;
    }

    /** Null also where the pool is set up wrongly: that is said once, and the jobs of the others go on. */
    private @Nullable Pool poolOf(WorkflowJob job) {
        try {
            return pools.forLabels(job.labels());
        } catch (ConfigurationException e) {
            if (pools.broken().isEmpty()) {
                throw e;
            }
            return null;
        }
    }

    private List<RunnerDemand> count(
            Group group, List<Waiting> jobs, InstanceInventory inventory, GitHubSnapshot snapshot, SweepRun run) {
        var report = run.report();
        var look = snapshot.runners(group.scope());
        if (look == null) {
            report.leaveForLater("jobs of " + group.scope(), "its runners are not known");
            return List.of();
        }
        var now = clock.instant();
        var all = inventory.of(group.scope(), group.pool().name());
        var supply = all.stream()
                .filter(instance -> instance.isLive() && serves(instance, group.pool(), look, snapshot, now))
                .toList();
        var overdue = jobs.stream()
                .filter(waiting -> isOverdue(waiting.job(), snapshot, now) || isAboutToBe(waiting.job(), snapshot))
                .sorted(Comparator.comparing((Waiting waiting) -> hasOwn(supply, waiting.job()))
                        .thenComparing(waiting -> waiting.job().createdAt())
                        .thenComparingLong(waiting -> waiting.job().id()))
                .toList();
        var number = Math.min(overdue.size(), jobs.size() - supply.size());
        if (number <= 0) {
            return List.of();
        }
        var brake = ClaimBrake.of(all, group.pool().timeouts(), now);
        if (brake.isOn()) {
            notClaiming.explain(group.scope(), group.pool(), brake, number, run);
            number = brake.allowsOne(now) ? 1 : 0;
        }
        return launches(overdue, number, group.pool(), inventory, snapshot, run);
    }

    private List<RunnerDemand> launches(
            List<Waiting> overdue,
            int number,
            Pool pool,
            InstanceInventory inventory,
            GitHubSnapshot snapshot,
            SweepRun run) {
        var missing = new ArrayList<RunnerDemand>();
        for (var waiting : overdue) {
            if (missing.size() >= number) {
                break;
            }
            var before = inventory.ofJob(
                    waiting.repository().fullName(), waiting.job().id());
            var claimed = before.stream().filter(Instance::isClaimed).count();
            if (claimed < MOST_OF_A_JOB) {
                missing.add(demand(waiting, pool, before, snapshot, run));
            } else {
                isStuck(waiting.job(), pool, claimed, run.report());
            }
        }
        return missing;
    }

    private static boolean isOverdue(WorkflowJob job, GitHubSnapshot snapshot, Instant now) {
        return !now.isBefore(lostAt(job, snapshot));
    }

    /** Whether a delivery has failed since the job was queued: it may have been the job's own. */
    private static boolean isAboutToBe(WorkflowJob job, GitHubSnapshot snapshot) {
        var lost = snapshot.lastLostDelivery(job.repository());
        return lost != null && !lost.isBefore(job.createdAt());
    }

    /** From when on the job counts as lost. */
    private static Instant lostAt(WorkflowJob job, GitHubSnapshot snapshot) {
        return job.createdAt()
                .plus(
                        snapshot.lastLostDelivery(job.repository()) == null
                                ? WEBHOOK_HAS_FAILED
                                : WEBHOOK_IS_KNOWN_TO_HAVE_FAILED);
    }

    /** Whether an instance will take a job that waits: it has time to claim its runner, or its runner boots or idles. */
    private static boolean serves(
            Instance instance, Pool pool, RunnerListing look, GitHubSnapshot snapshot, Instant now) {
        var tags = RunnerTags.parse(instance);
        if (tags == null) {
            return false;
        }
        var boots = now.isBefore(ClaimBrake.claimsBefore(instance, pool.timeouts()));
        var runnerId = tags.runnerId();
        if (runnerId == null) {
            return boots && !instance.isWithdrawn();
        }
        if (snapshot.namesRunner(runnerId)) {
            return false;
        }
        var runner = look.find(runnerId);
        if (runner == null) {
            return look.whole() ? now.isBefore(instance.launchedAt().plus(LISTS_LAG)) : boots;
        }
        return isIdle(runner) || (runner.neverOnline() && boots);
    }

    private static boolean isIdle(Runner runner) {
        return runner.online() && !runner.busy();
    }

    private static boolean hasOwn(List<Instance> supply, WorkflowJob job) {
        return supply.stream().anyMatch(instance -> instance.tag(Tags.JOB).equals(Long.toString(job.id())));
    }

    /** A young job's first launch is the same whoever makes it; every other one is this minute's. */
    private RunnerDemand demand(
            Waiting waiting, Pool pool, List<Instance> before, GitHubSnapshot snapshot, SweepRun run) {
        var job = waiting.job();
        var isFirst =
                before.isEmpty() && run.time().begin().isBefore(job.createdAt().plus(MAY_BE_WEBHOOKS));
        return new RunnerDemand(
                new QueuedJob(job.id(), null, waiting.repository(), false),
                pool,
                job,
                lostAt(job, snapshot),
                isFirst ? List.of() : List.of("sweep", run.time().minute()));
    }

    private static void isStuck(WorkflowJob job, Pool pool, long launches, SweepReport report) {
        LOG.warnf(
                "job waits job=%d url=%s pool=%s why=%d instances were launched for it within the hour and serve it"
                        + " not cure=see what their consoles said, logged when they ended",
                job.id(), job.url(), pool.name(), launches);
        report.found(Metric.JOBS_STUCK);
        report.skip("job " + job.id(), launches + " instances were launched for it already");
    }
}
