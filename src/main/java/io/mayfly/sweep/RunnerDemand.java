package io.mayfly.sweep;

import io.mayfly.fleet.QueuedJob;
import io.mayfly.github.Repository;
import io.mayfly.github.Scope;
import io.mayfly.github.WorkflowJob;
import io.mayfly.pool.Pool;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/**
 * Instances that are missing in a scope and pool, with the jobs in whose names they are launched. Any of them will do for any job:
 * GitHub binds none to a job.
 *
 * @param jobs as many as instances are missing, one at least
 */
record RunnerDemand(Scope scope, Pool pool, List<Waiting> jobs) {

    static final Comparator<Waiting> OLDEST_FIRST = Comparator.comparing(
                    (Waiting waiting) -> waiting.job().createdAt())
            .thenComparingLong(waiting -> waiting.job().id());

    /** A job that waits, in a repository that is served. */
    record Waiting(WorkflowJob job, Repository repository) {

        QueuedJob queued() {
            return new QueuedJob(job.id(), job.run(), repository, job.createdAt());
        }
    }

    Waiting oldest() {
        return jobs.stream().min(OLDEST_FIRST).orElseThrow();
    }

    /** What is left when so many were launched: they were launched in the names of the oldest. */
    RunnerDemand without(int launched) {
        var oldestFirst = jobs.stream().sorted(OLDEST_FIRST).toList();
        return new RunnerDemand(scope, pool, oldestFirst.subList(launched, oldestFirst.size()));
    }

    Instant since() {
        return oldest().job().createdAt();
    }

    List<QueuedJob> queued() {
        return jobs.stream().map(Waiting::queued).toList();
    }

    QueuedJob oldestQueued() {
        return oldest().queued();
    }
}
