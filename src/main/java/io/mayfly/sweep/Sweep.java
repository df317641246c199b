package io.mayfly.sweep;

import io.mayfly.github.CallBudget;
import io.mayfly.github.Deliveries;
import io.mayfly.time.Workers;
import jakarta.inject.Singleton;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Once a minute: finds the jobs that wait and the instances and registrations that nobody needs, by comparing what GitHub
 * and EC2 show, and mends it. It remembers nothing that it needs, every step can be repeated, and two sweeps may run at
 * once, beside webhooks.
 */
@Singleton
public class Sweep {

    /** To GitHub. */
    private static final int CALLS = 60;

    private final InventoryReader inventory;
    private final Deliveries deliveries;
    private final Reconciliation reconciliation;
    private final Redelivery redelivery;
    private final Launches launches;
    private final Workers workers;
    private final InstantSource clock;

    Sweep(
            InventoryReader inventory,
            Deliveries deliveries,
            Reconciliation reconciliation,
            Redelivery redelivery,
            Launches launches,
            Workers workers,
            InstantSource clock) {
        this.inventory = inventory;
        this.deliveries = deliveries;
        this.reconciliation = reconciliation;
        this.redelivery = redelivery;
        this.launches = launches;
        this.workers = workers;
        this.clock = clock;
    }

    /**
     * Sweeps once. What fails is in the report.
     *
     * @param scheduled the time for which it was scheduled; null where nobody says
     */
    public SweepReport run(@Nullable String scheduled) {
        var run = new SweepRun(new SweepReport(), SweepTime.begin(scheduled, clock), CallBudget.of(CALLS));
        run.calls().spend(() -> {
            sweep(run);
            return true;
        });
        return run.report();
    }

    private void sweep(SweepRun run) {
        var seen = new AtomicReference<@Nullable InstanceInventory>();
        var read = new AtomicReference<@Nullable DeliveryLog>();
        workers.each(
                2,
                List.of(
                        () -> seen.set(run.report().part("instances", () -> inventory.read(run))),
                        () -> read.set(run.report()
                                .part("deliveries", () -> run.calls().spend(() -> deliveries(run))))));
        var inventory = seen.get();
        var log = Objects.requireNonNullElseGet(read.get(), DeliveryLog::empty);
        var due = Redelivery.due(log, clock.instant());
        var paced =
                inventory == null ? List.<RunnerDemand>of() : reconciliation.reconcile(inventory, log, due.size(), run);
        redelivery.redeliver(due, run);
        launches.goOn(paced, run);
    }

    private DeliveryLog deliveries(SweepRun run) {
        return DeliveryLog.read(deliveries, clock.instant(), run.time().end());
    }
}
