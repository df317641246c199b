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
    private final Withdrawal withdrawal;

    InstanceLifecycle(RunnerLaunch launch, RunnerTerminator end, Withdrawal withdrawal) {
        this.launch = launch;
        this.end = end;
        this.withdrawal = withdrawal;
    }

    /**
     * Launches an instance for a queued job, unless it has one.
     *
     * @throws io.mayfly.outcome.UnavailableException when a service does not answer in time
     * @throws io.mayfly.outcome.ConfigurationException when a person has to mend something first
     */
    public Outcome launch(QueuedJob job, Pool pool, Deadline deadline) {
        return launch.launch(job, pool, deadline);
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

    /**
     * Withdraws the instance of a job that has ended without a runner.
     *
     * @throws io.mayfly.outcome.UnavailableException when a service does not answer in time
     * @throws io.mayfly.outcome.ConfigurationException when a person has to mend something first
     */
    public Outcome withdraw(CompletedJob job, Deadline deadline) {
        return withdrawal.withdraw(job, deadline);
    }
}
