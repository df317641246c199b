package io.mayfly.sweep;

import io.mayfly.ec2.Instance;
import io.mayfly.ec2.Tags;
import io.mayfly.fleet.ClaimBrake;
import io.mayfly.github.GitHubClock;
import io.mayfly.github.Runner;
import io.mayfly.github.WorkflowJob;
import io.mayfly.metrics.Metric;
import io.mayfly.pool.Pool;
import io.mayfly.runner.RunnerTags;
import io.mayfly.sweep.RunnerDemand.Waiting;
import io.mayfly.sweep.WaitingJobs.Group;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jboss.logging.Logger;

/**
 * Counts which runners are missing. What is missing is a number for each scope and pool, not a job: the jobs that wait,
 * less the instances that boot, wait or idle, and no more than have waited for 45 s. It is launched in the names of the oldest jobs that have
 * no instance of their own.
 */
@Singleton
class DemandCalculator {

    /** Until then what was launched for a younger job may not be seen yet. */
    private static final Duration LEFT_TO_THE_SWEEP = Duration.ofSeconds(45);

    /** EC2 may show an instance, and GitHub not yet its registration. */
    private static final Duration LISTS_LAG = Duration.ofMinutes(2);

    /** How often instances may be launched in the name of one job and claim, and it waits all the same. */
    private static final int MOST_OF_A_JOB = 3;

    private static final Logger LOG = Logger.getLogger(DemandCalculator.class);

    private final WaitingJobs waitingJobs;
    private final NotClaiming notClaiming;
    private final GitHubClock githubClock;
    private final InstantSource clock;

    DemandCalculator(WaitingJobs waitingJobs, NotClaiming notClaiming, GitHubClock githubClock, InstantSource clock) {
        this.waitingJobs = waitingJobs;
        this.notClaiming = notClaiming;
        this.githubClock = githubClock;
        this.clock = clock;
    }

    /** All that is missing, the oldest job first. */
    List<RunnerDemand> count(InstanceInventory inventory, GitHubSnapshot snapshot, SweepRun run) {
        var missing = new ArrayList<RunnerDemand>();
        waitingJobs.in(snapshot).forEach((group, jobs) -> missing.addAll(count(group, jobs, inventory, snapshot, run)));
        missing.sort(Comparator.comparing(RunnerDemand::since));
        return missing;
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
        var due = due(jobs, supply, inventory, group.pool(), report);
        var number = Math.min(due.size(), jobs.size() - supply.size());
        if (number <= 0) {
            return List.of();
        }
        if (!run.time().minute().mayLaunch(all)) {
            report.leaveForLater("jobs of " + group.scope(), "the sweep is late, and something was launched since");
            return List.of();
        }
        var brake = ClaimBrake.of(all, group.pool().timeouts(), now);
        if (brake.isOn()) {
            notClaiming.explain(group.scope(), group.pool(), brake, number, run);
            number = brake.allowsOne(now) ? 1 : 0;
        }
        return number == 0
                ? List.of()
                : List.of(new RunnerDemand(group.scope(), group.pool(), List.copyOf(due.subList(0, number))));
    }

    /** Those that have waited long enough, first the ones that have no instance of their own, then the oldest. */
    private List<Waiting> due(
            List<Waiting> jobs, List<Instance> supply, InstanceInventory inventory, Pool pool, SweepReport report) {
        var look = githubClock.at(inventory.at());
        return jobs.stream()
                .filter(waiting -> !look.isBefore(waiting.job().createdAt().plus(LEFT_TO_THE_SWEEP))
                        && !isStuck(waiting, inventory, pool, report))
                .sorted(Comparator.comparing((Waiting waiting) -> hasOwn(supply, waiting.job()))
                        .thenComparing(RunnerDemand.OLDEST_FIRST))
                .toList();
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

    /** Whether instances were launched in its name often enough: those of a batch bear the name of one job. */
    private static boolean isStuck(Waiting waiting, InstanceInventory inventory, Pool pool, SweepReport report) {
        var job = waiting.job();
        var launches = inventory.ofJob(waiting.repository().fullName(), job.id()).stream()
                .filter(Instance::isClaimed)
                .map(instance -> instance.launchedAt().truncatedTo(ChronoUnit.MINUTES))
                .distinct()
                .count();
        if (launches < MOST_OF_A_JOB) {
            return false;
        }
        LOG.warnf(
                "job waits job=%d url=%s pool=%s why=%d times instances were launched for it within the hour and serve"
                        + " it not cure=see what their consoles said, logged when they ended",
                job.id(), job.url(), pool.name(), launches);
        report.found(Metric.JOBS_STUCK);
        report.skip("job " + job.id(), "instances were launched for it " + launches + " times already");
        return true;
    }
}
