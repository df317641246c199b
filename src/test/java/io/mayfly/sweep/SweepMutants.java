package io.mayfly.sweep;

import io.mayfly.github.Deliveries;
import io.mayfly.time.Workers;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** The sweep, broken on purpose. */
public final class SweepMutants {

    private SweepMutants() {}

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
