package io.mayfly.fleet;

import io.mayfly.github.Jobs;
import io.mayfly.github.RunnerIdentity;
import io.mayfly.outcome.IgnoredReason;
import io.mayfly.outcome.Outcome;
import io.mayfly.outcome.Outcome.Cause;
import io.mayfly.pool.Pool;
import io.mayfly.time.Deadline;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;

/** Launches an instance for a queued job. It claims its runner when it has booted. */
@Singleton
public class RunnerLaunch {

    private static final Duration NEXT_SWEEP = Duration.ofSeconds(60);
    private static final String QUEUED = "queued";
    private static final String IN_PROGRESS = "in_progress";

    private final RunnerIdentity identity;
    private final Jobs jobs;
    private final PoolOccupancy occupancy;
    private final InstanceLaunch instanceLaunch;

    RunnerLaunch(RunnerIdentity identity, Jobs jobs, PoolOccupancy occupancy, InstanceLaunch instanceLaunch) {
        this.identity = identity;
        this.jobs = jobs;
        this.occupancy = occupancy;
        this.instanceLaunch = instanceLaunch;
    }

    /** Launches for a job of which a webhook has told, unless it was launched for already. */
    public Outcome launch(QueuedJob job, Pool pool, Deadline deadline) {
        var launch = Launch.of(identity.deployment(), job, pool, List.of(), false);
        if (instanceLaunch.isHeldBack()) {
            return InstanceLaunch.THROTTLED;
        }
        var status =
                job.doubtful() ? jobs.status(job.repository().fullName(), job.id(), launch.at(), deadline) : QUEUED;
        if (!status.equals(QUEUED)) {
            return new Outcome.Ignored(
                    status.equals(IN_PROGRESS) ? IgnoredReason.HAS_BEGUN : IgnoredReason.NO_LONGER_QUEUED);
        }
        var known = occupancy.instanceOf(job.id(), pool, deadline);
        if (known != null) {
            return new Outcome.AlreadyLaunched(known);
        }
        if (occupancy.brake(launch.at().scope(), pool, deadline).isOn()) {
            return new Outcome.Deferred(
                    Cause.NOT_CLAIMING,
                    "the last instances of pool " + pool.name() + " for " + launch.at()
                            + " did not claim their runners: the sweep tries one at a time",
                    NEXT_SWEEP);
        }
        return launch(launch, deadline);
    }

    /**
     * Launches for a job that the sweep has seen waiting, also by choices that were refused just now, and though EC2 has
     * throttled just now.
     *
     * @param again what tells the launch from others for the same job; empty as long as the job's own webhook may launch too
     */
    public Outcome launchThoroughly(QueuedJob job, Pool pool, List<String> again, Deadline deadline) {
        return launch(Launch.of(identity.deployment(), job, pool, again, true), deadline);
    }

    private Outcome launch(Launch launch, Deadline deadline) {
        var pool = launch.pool();
        return occupancy.isFull(pool, deadline)
                ? new Outcome.Deferred(
                        Cause.FULL,
                        "pool " + pool.name() + " is full (maxRunners " + pool.maxRunners() + ")",
                        NEXT_SWEEP)
                : instanceLaunch.launch(launch, deadline);
    }
}
