package io.mayfly.fleet;

import io.mayfly.ec2.Instances;
import io.mayfly.outcome.Outcome;
import io.mayfly.outcome.Outcome.Cause;
import io.mayfly.time.Deadline;
import io.mayfly.time.Sleeper;
import jakarta.inject.Singleton;
import java.time.InstantSource;

/** Launches instances of a pool for a scope, as many as the pool and EC2 have room for. They claim their runners when they have booted. */
@Singleton
public class Fleet {

    private final LaunchRequests requests;
    private final Instances instances;
    private final PoolOccupancy occupancy;
    private final UnavailableOfferings unavailableOfferings;
    private final LaunchBackoff backoff;
    private final Sleeper sleeper;
    private final InstantSource clock;

    Fleet(
            LaunchRequests requests,
            Instances instances,
            PoolOccupancy occupancy,
            UnavailableOfferings unavailableOfferings,
            LaunchBackoff backoff,
            Sleeper sleeper,
            InstantSource clock) {
        this.requests = requests;
        this.instances = instances;
        this.occupancy = occupancy;
        this.unavailableOfferings = unavailableOfferings;
        this.backoff = backoff;
        this.sleeper = sleeper;
        this.clock = clock;
    }

    /** Launches a batch: the same batch once, whoever repeats it. */
    public BatchResult launch(Batch batch, Deadline deadline) {
        var room = occupancy.reserve(batch, deadline);
        if (room.number() == 0 && room.inTheWay() != null) {
            return BatchResult.nothing(room.inTheWay());
        }
        try {
            var result = course(batch, deadline).run(room.number());
            occupancy.launched(batch, result.instanceIds());
            if (result.inTheWay() instanceof Outcome.Deferred deferred && deferred.cause() == Cause.THROTTLED) {
                backoff.close();
            }
            return result.inTheWay() == null ? new BatchResult(result.instanceIds(), room.inTheWay()) : result;
        } finally {
            occupancy.release(batch, room.number());
        }
    }

    private BatchLaunch course(Batch batch, Deadline deadline) {
        return new BatchLaunch(
                batch,
                requests.of(batch),
                instances,
                unavailableOfferings,
                new LaunchTime(batch, deadline, sleeper, clock));
    }
}
