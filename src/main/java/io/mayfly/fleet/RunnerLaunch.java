package io.mayfly.fleet;

import io.mayfly.config.Settings;
import io.mayfly.github.RunnerName;
import io.mayfly.outcome.Outcome;
import io.mayfly.outcome.Outcome.Cause;
import io.mayfly.pool.Pool;
import io.mayfly.time.Deadline;
import jakarta.inject.Singleton;
import java.time.InstantSource;
import java.util.Objects;

/** Launches an instance for a job of which its webhook has told. */
@Singleton
public class RunnerLaunch {

    private static final Outcome THROTTLED =
            new Outcome.Deferred(Cause.THROTTLED, "EC2 throttles launches", LaunchBackoff.HELD_BACK);

    private final Settings settings;
    private final PoolOccupancy occupancy;
    private final LaunchBackoff backoff;
    private final Fleet fleet;
    private final InstantSource clock;

    RunnerLaunch(Settings settings, PoolOccupancy occupancy, LaunchBackoff backoff, Fleet fleet, InstantSource clock) {
        this.settings = settings;
        this.occupancy = occupancy;
        this.backoff = backoff;
        this.fleet = fleet;
        this.clock = clock;
    }

    /** Launches for a job, unless it was launched for already. Where EC2 throttles, nothing is asked of it for some seconds. */
    public Outcome launch(QueuedJob job, Pool pool, Deadline deadline) {
        var batch = Batch.ofWebhook(job, pool);
        if (clock.instant().isAfter(batch.until())) {
            return batch.late();
        }
        if (backoff.isClosed()) {
            return THROTTLED;
        }
        var known = occupancy.instanceOf(job.id(), pool, deadline);
        if (known != null) {
            return new Outcome.AlreadyLaunched(known);
        }
        if (occupancy.brake(batch.at().scope(), pool, deadline).isOn()) {
            return BurstLaunch.notClaiming(batch);
        }
        return outcome(fleet.launch(batch, deadline), pool);
    }

    private Outcome outcome(BatchResult result, Pool pool) {
        if (!result.instanceIds().isEmpty()) {
            var instanceId = result.instanceIds().getFirst();
            return new Outcome.Launched(instanceId, RunnerName.of(settings.deployment(), instanceId), pool.name());
        }
        return Objects.requireNonNull(result.inTheWay(), "one was to be launched");
    }
}
