package io.mayfly.runner;

import io.mayfly.config.Deadline;
import jakarta.inject.Singleton;

/** A runner's life with its instance: launched for a queued job, ended with a completed one. */
@Singleton
public class RunnerLifecycle {

    private final RunnerLaunch launch;
    private final RunnerEnd end;

    RunnerLifecycle(RunnerLaunch launch, RunnerEnd end) {
        this.launch = launch;
        this.end = end;
    }

    /**
     * Launches a runner for a queued job, unless it has one.
     *
     * @throws io.mayfly.config.UnavailableException when a service does not answer in time
     * @throws io.mayfly.config.ConfigurationException when a person has to mend something first
     */
    public Outcome launch(Job job, Pool pool, Deadline deadline) {
        return launch.launch(job, pool, false, deadline);
    }

    /**
     * As {@link #launch}, and tries also what EC2 has refused a short while ago: for who paces himself and has the time.
     */
    public Outcome launchThoroughly(Job job, Pool pool, Deadline deadline) {
        return launch.launch(job, pool, true, deadline);
    }

    /**
     * Ends the runner of a job that has ended, where that is safe.
     *
     * @throws io.mayfly.config.UnavailableException when a service does not answer in time
     * @throws io.mayfly.config.ConfigurationException when a person has to mend something first
     */
    public Outcome end(CompletedJob job, Deadline deadline) {
        return end.end(job, deadline);
    }
}
