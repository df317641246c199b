package io.mayfly.sweep;

import io.mayfly.fleet.QueuedJob;
import io.mayfly.github.WorkflowJob;
import io.mayfly.pool.Pool;
import java.time.Instant;
import java.util.List;

/**
 * An instance that is missing, with the job in whose name it is launched. Any runner of the scope and pool will do: GitHub
 * binds none to a job.
 *
 * @param from before this its job's own webhook may still be at work
 * @param again what tells the launch from others for the same job
 */
record RunnerDemand(QueuedJob job, Pool pool, WorkflowJob waiting, Instant from, List<String> again) {

    Instant since() {
        return waiting.createdAt();
    }
}
