package io.mayfly.sweep;

import io.mayfly.fleet.QueuedJob;
import io.mayfly.github.WorkflowJob;
import io.mayfly.pool.Pool;
import java.time.Instant;

/**
 * A runner that is missing, with the job it is launched for. Any runner of the scope and pool will do: GitHub binds none
 * to a job.
 *
 * @param from before this its job's own webhook may still be at work
 * @param blocked a registration holds the launch's name and no instance is seen with it: another launch may be under way,
 *     or it is what one has left
 * @param standIns for which it is launched when this job has taken a runner of another
 */
record RunnerDemand(QueuedJob job, Pool pool, WorkflowJob waiting, Instant from, boolean blocked, StandIns standIns) {

    Instant since() {
        return waiting.createdAt();
    }
}
