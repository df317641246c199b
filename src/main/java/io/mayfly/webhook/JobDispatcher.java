package io.mayfly.webhook;

import io.mayfly.config.Settings;
import io.mayfly.fleet.QueuedJob;
import io.mayfly.fleet.RunnerLaunch;
import io.mayfly.outcome.IgnoredReason;
import io.mayfly.outcome.Outcome;
import io.mayfly.pool.Pool;
import io.mayfly.pool.RepositoryPolicy;
import io.mayfly.pool.RunnerPools;
import io.mayfly.queue.HandOver;
import io.mayfly.runner.RunnerTerminator;
import io.mayfly.runner.Withdrawal;
import io.mayfly.time.Deadline;
import jakarta.inject.Singleton;
import java.util.Objects;
import org.jboss.logging.MDC;
import org.jspecify.annotations.Nullable;

/** Decides what a verified {@code workflow_job} event asks of us. */
@Singleton
class JobDispatcher {

    private final Settings settings;
    private final RepositoryPolicy policy;
    private final RunnerPools pools;
    private final RunnerLaunch launch;
    private final HandOver handOver;
    private final RunnerTerminator terminator;
    private final Withdrawal withdrawal;

    JobDispatcher(
            Settings settings,
            RepositoryPolicy policy,
            RunnerPools pools,
            RunnerLaunch launch,
            HandOver handOver,
            RunnerTerminator terminator,
            Withdrawal withdrawal) {
        this.settings = settings;
        this.policy = policy;
        this.pools = pools;
        this.launch = launch;
        this.handOver = handOver;
        this.terminator = terminator;
        this.withdrawal = withdrawal;
    }

    Outcome act(WorkflowJobEvent event, Deadline deadline) {
        return switch (event.action()) {
            case "queued" -> queued(event, deadline);
            case "completed" -> completed(event, deadline);
            case "in_progress" -> new Outcome.Ignored(IgnoredReason.IN_PROGRESS);
            case "waiting" -> new Outcome.Ignored(IgnoredReason.WAITING);
            default -> new Outcome.Ignored(IgnoredReason.UNKNOWN_ACTION);
        };
    }

    private Outcome queued(WorkflowJobEvent event, Deadline deadline) {
        var id = event.jobId();
        var repository = event.repository();
        MDC.put("job", id);
        MDC.put("repository", repository);
        if (!event.isQueued()) {
            return new Outcome.Ignored(IgnoredReason.NOT_QUEUED);
        }
        var reason = reasonToIgnore(event);
        if (reason != null) {
            return new Outcome.Ignored(reason);
        }
        var pool = poolOf(event);
        var whole = event.whole();
        if (pool.scope(whole) == null) {
            return new Outcome.Ignored(IgnoredReason.NO_ORGANIZATION);
        }
        var createdAt = event.createdAt();
        if (createdAt == null) {
            return new Outcome.HandedOver("the event does not say when the job was created");
        }
        if (event.hasDeployment()) {
            return new Outcome.HandedOver("the job was approved: it is older than it looks, and is sent twice");
        }
        var job = new QueuedJob(id, event.run(), whole, createdAt);
        var outcome = launch.launch(job, pool, deadline);
        return outcome instanceof Outcome.Deferred deferred && deferred.cause() == Outcome.Cause.THROTTLED
                ? handOver.handOver(job, pool, deadline)
                : outcome;
    }

    private Pool poolOf(WorkflowJobEvent event) {
        return Objects.requireNonNull(pools.forLabels(event.labels()), "it was there just now");
    }

    /** Why nothing is launched for jobs like this; null where something is. */
    private @Nullable IgnoredReason reasonToIgnore(WorkflowJobEvent event) {
        if (settings.paused()) {
            return IgnoredReason.PAUSED;
        }
        var refusal = policy.refusal(event.repository(), event::isPublic);
        if (refusal != null) {
            return refusal;
        }
        var labels = event.labels();
        if (labels.isEmpty()) {
            return IgnoredReason.NO_LABELS;
        }
        return pools.forLabels(labels) == null ? IgnoredReason.NO_POOL : null;
    }

    private Outcome completed(WorkflowJobEvent event, Deadline deadline) {
        var job = event.completed();
        MDC.put("job", job.id());
        MDC.put("repository", job.repository());
        if (job.hadRunner()) {
            return terminator.end(job, deadline);
        }
        var reason = job.skipped() ? IgnoredReason.SKIPPED : reasonToIgnore(event);
        return reason == null ? withdrawal.withdraw(job, poolOf(event).name(), deadline) : new Outcome.Ignored(reason);
    }
}
