package io.mayfly.sweep;

import io.mayfly.config.Settings;
import io.mayfly.ec2.Instance;
import io.mayfly.ec2.Tags;
import io.mayfly.fleet.QueuedJob;
import io.mayfly.github.Repository;
import io.mayfly.github.Runner;
import io.mayfly.github.RunnerName;
import io.mayfly.github.Scope;
import io.mayfly.github.WorkflowJob;
import io.mayfly.metrics.Metric;
import io.mayfly.outcome.ConfigurationException;
import io.mayfly.outcome.UnavailableException;
import io.mayfly.pool.Pool;
import io.mayfly.pool.RunnerPools;
import io.mayfly.pool.Timeouts;
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

    /** How many instances launched for one job EC2 may show, ended ones included. */
    private static final int MOST_OF_A_JOB = 3;

    private static final Logger LOG = Logger.getLogger(DemandCalculator.class);

    private final Settings settings;
    private final RunnerPools pools;
    private final InstantSource clock;

    DemandCalculator(Settings settings, RunnerPools pools, InstantSource clock) {
        this.settings = settings;
        this.pools = pools;
        this.clock = clock;
    }

    private record Group(Scope scope, Pool pool) {}

    private record Waiting(WorkflowJob job, Repository repository) {}

    /** All that is missing, the oldest job first. */
    List<RunnerDemand> count(InstanceInventory inventory, GitHubSnapshot snapshot, SweepReport report) {
        var missing = new ArrayList<RunnerDemand>();
        waiting(snapshot).forEach((group, jobs) -> missing.addAll(count(group, jobs, inventory, snapshot, report)));
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
            var scope = repository == null || pool == null
                    ? null
                    : pool.scope(repository.fullName(), repository.organization());
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
            Group group, List<Waiting> jobs, InstanceInventory inventory, GitHubSnapshot snapshot, SweepReport report) {
        var look = snapshot.runners(group.scope());
        if (look == null) {
            report.leaveForLater("jobs of " + group.scope(), "its runners are not known");
            return List.of();
        }
        var now = clock.instant();
        var supply = inventory.live(group.scope(), group.pool().name()).stream()
                .filter(instance -> serves(instance, group.pool(), look, snapshot, now))
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
        var missing = new ArrayList<RunnerDemand>();
        var standIns = new StandIns();
        for (var waiting : overdue) {
            var before = inventory.ofJob(
                    waiting.repository().fullName(), waiting.job().id());
            var isStandIn = missing.size() >= number;
            if (before.size() < MOST_OF_A_JOB) {
                var demand = demand(waiting, group.pool(), before, snapshot, look, standIns);
                if (isStandIn) {
                    standIns.add(demand);
                } else {
                    missing.add(demand);
                }
            } else if (!isStandIn) {
                isStuck(waiting.job(), group.pool(), before.size(), report);
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

    /** Whether an instance will take a job that waits: it boots, or its runner idles. */
    private static boolean serves(
            Instance instance, Pool pool, RunnerListing look, GitHubSnapshot snapshot, Instant now) {
        var tags = RunnerTags.parse(instance);
        if (tags == null || snapshot.namesRunner(tags.runnerId())) {
            return false;
        }
        var runner = look.find(tags.runnerId());
        if (runner == null) {
            return look.whole() ? now.isBefore(instance.launchedAt().plus(LISTS_LAG)) : boots(instance, pool, now);
        }
        return isIdle(runner) || (runner.neverOnline() && boots(instance, pool, now));
    }

    private static boolean isIdle(Runner runner) {
        return runner.online() && !runner.busy();
    }

    private static boolean boots(Instance instance, Pool pool, Instant now) {
        var own = Timeouts.parse(instance.tag(Tags.TIMEOUTS));
        return now.isBefore(instance.launchedAt().plus((own == null ? pool.timeouts() : own).register()));
    }

    private static boolean hasOwn(List<Instance> supply, WorkflowJob job) {
        return supply.stream().anyMatch(instance -> instance.tag(Tags.JOB).equals(Long.toString(job.id())));
    }

    private RunnerDemand demand(
            Waiting waiting,
            Pool pool,
            List<Instance> before,
            GitHubSnapshot snapshot,
            RunnerListing look,
            StandIns standIns) {
        var job = waiting.job();
        var repository = waiting.repository();
        var last = before.stream()
                .mapToInt(instance -> RunnerName.launchOf(settings.deployment(), instance.tag(Tags.RUNNER)))
                .max()
                .orElse(0);
        var next = new QueuedJob(
                job.id(),
                job.attempt(),
                last + 1,
                repository.fullName(),
                repository.organization(),
                repository.installation(),
                true);
        var name = next.runnerName(settings.deployment());
        return new RunnerDemand(next, pool, job, lostAt(job, snapshot), look.hasName(name), standIns);
    }

    private static void isStuck(WorkflowJob job, Pool pool, int launches, SweepReport report) {
        LOG.warnf(
                "job waits job=%d url=%s pool=%s why=%d instances were launched for it within the hour and serve it"
                        + " not cure=see what their consoles said, logged when they ended",
                job.id(), job.url(), pool.name(), launches);
        report.found(Metric.JOBS_STUCK);
        report.skip("job " + job.id(), launches + " instances were launched for it already");
    }
}
