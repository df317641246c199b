package io.mayfly.runner;

import io.mayfly.fleet.QueuedJob;
import io.mayfly.fleet.RunnerLaunch;
import io.mayfly.outcome.Outcome;
import io.mayfly.pool.Pool;
import io.mayfly.time.Deadline;
import jakarta.inject.Singleton;

/** A runner's life with its instance: launched for a queued job, ended with a completed one. */
@Singleton
public class InstanceLifecycle {

    private final RunnerLaunch launch;
    private final RunnerTerminator end;

    InstanceLifecycle(RunnerLaunch launch, RunnerTerminator end) {
        this.launch = launch;
        this.end = end;
    }

    /**
     * Launches a runner for a queued job, unless it has one.
     *
     * @throws io.mayfly.outcome.UnavailableException when a service does not answer in time
     * @throws io.mayfly.outcome.ConfigurationException when a person has to mend something first
     */
    public Outcome launch(QueuedJob job, Pool pool, Deadline deadline) {
        return launch.launch(job, pool, false, deadline);
    }

    /**
     * As {@link #launch}, and tries also what EC2 has refused a short while ago: for who paces himself and has the time.
     */
    public Outcome launchThoroughly(QueuedJob job, Pool pool, Deadline deadline) {
        return launch.launch(job, pool, true, deadline);
    }

    /**
     * Ends the runner of a job that has ended, where that is safe.
     *
     * @throws io.mayfly.outcome.UnavailableException when a service does not answer in time
     * @throws io.mayfly.outcome.ConfigurationException when a person has to mend something first
     */
    public Outcome end(CompletedJob job, Deadline deadline) {
        return end.end(job, deadline);
    }
}
