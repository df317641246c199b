package io.mayfly.queue;

import io.mayfly.pool.RepositoryPolicy;
import io.mayfly.pool.RunnerPools;
import java.time.InstantSource;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The queue's consumer, broken on purpose. */
public final class QueueMutants {

    private QueueMutants() {}

    /** What comes again counts again. */
    public static final class CountsTwice extends Intake {

        private final RunnerPools pools;
        private final RepositoryPolicy policy;
        private final InstantSource clock;

        CountsTwice(RunnerPools pools, RepositoryPolicy policy, InstantSource clock) {
            super(pools, policy, clock);
            this.pools = pools;
            this.policy = policy;
            this.clock = clock;
        }

        @Override
        Collection<Group> groups(List<String> messages) {
            Map<String, Group> all = new LinkedHashMap<>();
            for (var message : messages) {
                for (var group : new Intake(pools, policy, clock).groups(List.of(message))) {
                    var scope = group.pool().scope(group.jobs().getFirst().repository());
                    all.merge(group.pool().name() + " " + scope, group, (one, other) -> {
                        one.jobs().addAll(other.jobs());
                        return one;
                    });
                }
            }
            return all.values();
        }
    }
}
