package io.mayfly.sweep;

import io.mayfly.ec2.Instances;
import io.mayfly.ec2.Tags;
import io.mayfly.github.RunnerIdentity;
import jakarta.inject.Singleton;
import java.time.InstantSource;
import java.util.Map;

/** Looks at all instances of the deployment. */
@Singleton
class InventoryReader {

    private final RunnerIdentity identity;
    private final Instances instances;
    private final InstantSource clock;

    InventoryReader(RunnerIdentity identity, Instances instances, InstantSource clock) {
        this.identity = identity;
        this.instances = instances;
        this.clock = clock;
    }

    InstanceInventory read(SweepRun run) {
        var begun = clock.instant();
        return new InstanceInventory(
                instances.inventory(
                        Map.of(Tags.DEPLOYMENT, identity.deployment()),
                        run.time().end()),
                begun);
    }
}
