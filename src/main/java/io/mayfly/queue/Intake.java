package io.mayfly.queue;

import io.mayfly.fleet.Batch;
import io.mayfly.fleet.QueuedJob;
import io.mayfly.json.MalformedJsonException;
import io.mayfly.outcome.ConfigurationException;
import io.mayfly.pool.Pool;
import io.mayfly.pool.RepositoryPolicy;
import io.mayfly.pool.RunnerPools;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Which messages are launched for: those of young jobs that this deployment serves, each once. What the queue repeats within the
 * time that it keeps messages is known again.
 */
@Singleton
class Intake {

    private static final Logger LOG = Logger.getLogger(Intake.class);

    /** As long as the queue keeps a message. */
    private static final Duration REMEMBERED = Duration.ofSeconds(60);

    private final RunnerPools pools;
    private final RepositoryPolicy policy;
    private final InstantSource clock;
    private final Map<Long, Instant> taken = new ConcurrentHashMap<>();

    Intake(RunnerPools pools, RepositoryPolicy policy, InstantSource clock) {
        this.pools = pools;
        this.policy = policy;
        this.clock = clock;
    }

    /** Where jobs wait that are launched for together. */
    private record Place(String pool, String scope) {}

    /** Jobs of one scope and pool. */
    record Group(Pool pool, List<QueuedJob> jobs) {}

    /** The jobs of messages, by scope and pool. */
    Collection<Group> groups(List<String> messages) {
        var now = clock.instant();
        taken.values().removeIf(at -> at.plus(REMEMBERED).isBefore(now));
        var groups = new LinkedHashMap<Place, Group>();
        for (var message : messages) {
            var handedOver = read(message);
            var pool = handedOver == null ? null : pool(handedOver, now);
            if (handedOver != null && pool != null) {
                var job = handedOver.job();
                if (taken.putIfAbsent(job.id(), now) == null) {
                    groups.computeIfAbsent(place(job, pool), any -> new Group(pool, new ArrayList<>()))
                            .jobs()
                            .add(job);
                }
            }
        }
        return groups.values();
    }

    private static @Nullable HandedOver read(String message) {
        try {
            return HandedOver.parse(message);
        } catch (MalformedJsonException e) {
            LOG.warnf("message dropped why=%s", e.getMessage());
            return null;
        }
    }

    /** The pool to launch in; null where nothing is to be launched. */
    private @Nullable Pool pool(HandedOver handedOver, Instant now) {
        var job = handedOver.job();
        var repository = job.repository();
        if (job.createdAt().isBefore(now.minus(Batch.YOUNG)) || job.createdAt().isAfter(now.plus(Batch.YOUNG))) {
            LOG.infof("message dropped job=%d why=%s", job.id(), "the job is over 25 s old");
            return null;
        }
        var refusal = policy.refusal(repository.fullName(), () -> !repository.isPrivate());
        var pool = refusal == null ? named(handedOver.pool()) : null;
        if (pool == null || pool.scope(repository) == null) {
            LOG.infof("message dropped job=%d why=%s", job.id(), refusal == null ? "its pool is gone" : refusal);
            return null;
        }
        return pool;
    }

    private @Nullable Pool named(String name) {
        try {
            return pools.named(name);
        } catch (ConfigurationException e) {
            LOG.errorf("misconfigured %s", e.getMessage());
            return null;
        }
    }

    private static Place place(QueuedJob job, Pool pool) {
        return new Place(
                pool.name(), String.valueOf(pool.scope(job.repository())).toLowerCase(Locale.ROOT));
    }
}
