package io.mayfly.sweep;

import io.mayfly.github.Deliveries;
import io.mayfly.pool.RunnerPools;
import io.mayfly.sweep.RunnerDemand.Waiting;
import io.mayfly.time.Workers;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The sweep, broken on purpose. */
public final class SweepMutants {

    private SweepMutants() {}

    /** Counts only the jobs that it may launch for. */
    public static final class YoungAreLeftOut extends WaitingJobs {

        private final InstantSource clock;

        YoungAreLeftOut(RunnerPools pools, InstantSource clock) {
            super(pools);
            this.clock = clock;
        }

        @Override
        Map<Group, List<Waiting>> in(GitHubSnapshot snapshot) {
            var old = clock.instant().minusSeconds(45);
            var groups = new LinkedHashMap<Group, List<Waiting>>();
            super.in(snapshot)
                    .forEach((group, jobs) -> groups.put(
                            group,
                            jobs.stream()
                                    .filter(waiting -> waiting.job().createdAt().isBefore(old))
                                    .toList()));
            return groups;
        }
    }

    /** Is never late. */
    public static final class NeverLate extends Sweep {

        private final InstantSource clock;

        NeverLate(
                InventoryReader inventory,
                Deliveries deliveries,
                Reconciliation reconciliation,
                Redelivery redelivery,
                Launches launches,
                Workers workers,
                InstantSource clock) {
            super(inventory, deliveries, reconciliation, redelivery, launches, workers, clock);
            this.clock = clock;
        }

        @Override
        public SweepReport run(@Nullable String scheduled) {
            return super.run(clock.instant().toString());
        }
    }
}
