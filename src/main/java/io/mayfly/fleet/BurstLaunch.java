package io.mayfly.fleet;

import io.mayfly.outcome.Failure;
import io.mayfly.outcome.Outcome;
import io.mayfly.outcome.Outcome.Cause;
import io.mayfly.pool.Pool;
import io.mayfly.time.Deadline;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Launches together for jobs of which their webhooks have told, where EC2 did not take one call for each. The time of a job's webhook
 * is theirs too: no call begins for one that is over 25 s old.
 */
@Singleton
public class BurstLaunch {

    private static final Duration NEXT_SWEEP = Duration.ofSeconds(60);

    private final PoolOccupancy occupancy;
    private final Fleet fleet;
    private final LaunchMetrics metrics;
    private final InstantSource clock;

    BurstLaunch(PoolOccupancy occupancy, Fleet fleet, LaunchMetrics metrics, InstantSource clock) {
        this.occupancy = occupancy;
        this.fleet = fleet;
        this.metrics = metrics;
        this.clock = clock;
    }

    /**
     * Launches for jobs of one scope and pool, but for those that it was launched for already. Where the oldest have grown too old,
     * it goes on for the others.
     */
    public BatchResult launch(List<QueuedJob> jobs, Pool pool, Deadline deadline) {
        var launched = new ArrayList<String>();
        var left = Batch.oldestFirst(jobs);
        while (true) {
            left = left.stream().filter(this::isYoung).toList();
            if (left.isEmpty()) {
                return new BatchResult(List.copyOf(launched), launched.size() < jobs.size() ? Batch.LATE : null);
            }
            var group = left;
            var result = once(group.getFirst(), pool, () -> launchMissing(group, pool, deadline));
            launched.addAll(result.instanceIds());
            if (!Batch.LATE.equals(result.inTheWay())) {
                return new BatchResult(List.copyOf(launched), result.inTheWay());
            }
            left = left.subList(Math.min(result.instanceIds().size(), left.size()), left.size());
        }
    }

    /**
     * Launches for so many jobs of a run of which no webhook could tell. Whoever else finds that they are missing launches by the
     * same token, for the run's oldest job bears it: so it is done once, whatever number each has found.
     *
     * @param waiting all jobs of the run that wait for an instance of the pool
     */
    public BatchResult launchUntold(List<QueuedJob> waiting, int number, Pool pool, Deadline deadline) {
        var some = Batch.oldestFirst(waiting).subList(0, number);
        return once(some.getFirst(), pool, () -> launch(Batch.ofQueue(some, pool, "refused"), deadline));
    }

    private BatchResult once(QueuedJob oldest, Pool pool, Supplier<BatchResult> launch) {
        BatchResult result;
        try {
            result = launch.get();
        } catch (RuntimeException e) {
            result = BatchResult.nothing(Failure.of(e));
        }
        metrics.launch(oldest, pool.name(), result);
        return result;
    }

    private BatchResult launchMissing(List<QueuedJob> jobs, Pool pool, Deadline deadline) {
        var missing = jobs.stream()
                .filter(job -> !isLaunchedAlone(job, pool, deadline))
                .toList();
        return missing.isEmpty()
                ? BatchResult.nothing(new Outcome.AlreadyLaunched(null))
                : launch(Batch.ofQueue(missing, pool, "queue"), deadline);
    }

    private BatchResult launch(Batch batch, Deadline deadline) {
        return occupancy.brake(batch.at().scope(), batch.pool(), deadline).isOn()
                ? BatchResult.nothing(notClaiming(batch))
                : fleet.launch(batch, deadline);
    }

    /**
     * Whether one instance was launched in its name. Where it is more, a batch was launched, of which it was the oldest: the same batch
     * is known by its token, and without the oldest it would be another.
     */
    private boolean isLaunchedAlone(QueuedJob job, Pool pool, Deadline deadline) {
        return occupancy.launchedFor(job.id(), pool, deadline) == 1;
    }

    private boolean isYoung(QueuedJob job) {
        return !clock.instant().isAfter(job.createdAt().plus(Batch.YOUNG));
    }

    /** What keeps launches for a scope and pool back that do not claim their runners. */
    static Outcome notClaiming(Batch batch) {
        return new Outcome.Deferred(
                Cause.NOT_CLAIMING,
                "the last instances of pool " + batch.pool().name() + " for " + batch.at()
                        + " did not claim their runners: the sweep tries one at a time",
                NEXT_SWEEP);
    }
}
