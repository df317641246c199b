package io.mayfly.queue;

import io.mayfly.aws.MessageQueue;
import io.mayfly.config.Settings;
import io.mayfly.fleet.Batch;
import io.mayfly.fleet.QueuedJob;
import io.mayfly.outcome.Outcome;
import io.mayfly.outcome.UnavailableException;
import io.mayfly.pool.Pool;
import io.mayfly.time.Deadline;
import io.mayfly.time.TimeLimits;
import jakarta.inject.Singleton;
import java.time.InstantSource;

/** Hands over jobs whose launch EC2 throttles: to the queue, where there is one and it takes them, else to the sweep. */
@Singleton
public class HandOver {

    private static final String THROTTLED = "EC2 throttles launches";

    private final Settings settings;
    private final MessageQueue queue;
    private final TimeLimits limits;
    private final InstantSource clock;

    HandOver(Settings settings, MessageQueue queue, TimeLimits limits, InstantSource clock) {
        this.settings = settings;
        this.queue = queue;
        this.limits = limits;
        this.clock = clock;
    }

    /** Hands a job over, unless it is too old for anybody but the sweep. */
    public Outcome handOver(QueuedJob job, Pool pool, Deadline deadline) {
        var url = settings.queue();
        if (url == null) {
            return new Outcome.HandedOver(THROTTLED);
        }
        if (clock.instant().isAfter(job.createdAt().plus(Batch.YOUNG))) {
            return Batch.LATE;
        }
        try {
            queue.send(url.text(), new HandedOver(job, pool.name()).message(), deadline.limit(limits.message()));
            return new Outcome.Enqueued(pool.name());
        } catch (UnavailableException e) {
            return new Outcome.HandedOver(THROTTLED + ", and the queue does not take the job: " + e.getMessage());
        }
    }
}
