package io.mayfly.fleet;

import io.mayfly.fleet.TakenName.Verdict;
import io.mayfly.github.Jobs;
import io.mayfly.github.Registration;
import io.mayfly.github.RunnerIdentity;
import io.mayfly.github.Runners;
import io.mayfly.outcome.IgnoredReason;
import io.mayfly.outcome.Outcome;
import io.mayfly.outcome.Outcome.Cause;
import io.mayfly.pool.Pool;
import io.mayfly.time.Deadline;
import io.mayfly.time.TimeLimits;
import jakarta.inject.Singleton;
import java.time.Duration;

/** Launches a runner for a queued job: a JIT configuration from GitHub, then an instance that carries it. */
@Singleton
public class RunnerLaunch {

    /** GitHub and EC2 together take about a second; with less left a second launch is not begun. */
    private static final Duration WORTH_A_LAUNCH = Duration.ofSeconds(2);

    private static final Duration NEXT_SWEEP = Duration.ofSeconds(60);
    private static final String QUEUED = "queued";
    private static final String IN_PROGRESS = "in_progress";

    private final RunnerIdentity identity;
    private final Jobs jobs;
    private final Runners runners;
    private final PoolOccupancy occupancy;
    private final TakenName takenName;
    private final InstanceLaunch instanceLaunch;
    private final TimeLimits limits;

    RunnerLaunch(
            RunnerIdentity identity,
            Jobs jobs,
            Runners runners,
            PoolOccupancy occupancy,
            TakenName takenName,
            InstanceLaunch instanceLaunch,
            TimeLimits limits) {
        this.identity = identity;
        this.jobs = jobs;
        this.runners = runners;
        this.occupancy = occupancy;
        this.takenName = takenName;
        this.instanceLaunch = instanceLaunch;
        this.limits = limits;
    }

    /**
     * Launches.
     *
     * @param thoroughly also by choices that were refused just now, and though EC2 has throttled just now
     */
    public Outcome launch(QueuedJob job, Pool pool, boolean thoroughly, Deadline deadline) {
        var launch = Launch.of(identity, job, pool, thoroughly);
        if (!thoroughly && instanceLaunch.isHeldBack()) {
            return InstanceLaunch.THROTTLED;
        }
        var status = job.doubtful() ? jobs.status(job.repository(), job.id(), launch.at(), deadline) : QUEUED;
        if (!status.equals(QUEUED)) {
            return new Outcome.Ignored(
                    status.equals(IN_PROGRESS) ? IgnoredReason.HAS_BEGUN : IgnoredReason.NO_LONGER_QUEUED);
        }
        if (occupancy.isFull(pool, deadline)) {
            var known = occupancy.instanceOf(launch.runner(), pool);
            return known != null
                    ? new Outcome.AlreadyLaunched(known, launch.runner())
                    : new Outcome.Deferred(
                            Cause.FULL,
                            "pool " + pool.name() + " is full (maxRunners " + pool.maxRunners() + ")",
                            NEXT_SWEEP);
        }
        return register(launch, deadline, true);
    }

    private Outcome register(Launch launch, Deadline deadline, boolean mayTryAgain) {
        // From before the request: GitHub may have taken the name long before its answer is here.
        var window = deadline.atMost(limits.launchWindow());
        var registration = runners.register(
                launch.at(), launch.runner(), launch.pool().runnerGroupId(), launch.labels(), deadline);
        return switch (registration) {
            case Registration.Registered registered -> instanceLaunch.launch(launch, registered, window, deadline);
            case Registration.NameTaken taken -> resolveTakenName(launch, deadline, mayTryAgain);
        };
    }

    private Outcome resolveTakenName(Launch launch, Deadline deadline, boolean mayTryAgain) {
        return switch (takenName.resolve(launch, deadline)) {
            case Verdict.InUse inUse -> new Outcome.AlreadyLaunched(inUse.instanceId(), launch.runner());
            case Verdict.Cleaned cleaned ->
                mayTryAgain && deadline.allows(WORTH_A_LAUNCH)
                        ? register(launch, deadline, false)
                        : new Outcome.Deferred(
                                Cause.CONTENDED, "a launch that was cut short is cleaned away", NEXT_SWEEP);
            case Verdict.Unclear unclear ->
                new Outcome.Deferred(
                        Cause.CONTENDED, "another launch of " + launch.runner() + " may be under way", NEXT_SWEEP);
        };
    }
}
