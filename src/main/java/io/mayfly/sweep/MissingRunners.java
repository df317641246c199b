package io.mayfly.sweep;

import io.mayfly.config.Settings;
import io.mayfly.pool.RunnerPools;
import jakarta.inject.Singleton;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is missing as far as it may be launched: nothing while paused, and nothing of a pool that is set up wrongly. */
@Singleton
class MissingRunners {

    private final Settings settings;
    private final RunnerPools pools;
    private final DemandCalculator demands;

    MissingRunners(Settings settings, RunnerPools pools, DemandCalculator demands) {
        this.settings = settings;
        this.pools = pools;
        this.demands = demands;
    }

    List<RunnerDemand> count(InstanceInventory inventory, GitHubSnapshot snapshot, SweepRun run) {
        var report = run.report();
        @Nullable
        List<RunnerDemand> missing = report.part("jobs", () -> {
            pools.broken()
                    .forEach(pool ->
                            report.failed("pools", String.valueOf(pool.why().getMessage())));
            return settings.paused() ? List.of() : demands.count(inventory, snapshot, run);
        });
        return missing == null ? List.of() : missing;
    }
}
