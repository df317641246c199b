package io.mayfly.sweep;

import io.mayfly.metrics.Metric;
import jakarta.inject.Singleton;
import java.util.List;

/** Compares what instances and GitHub show, ends what is left over and launches what is missing. */
@Singleton
class Reconciliation {

    private static final int CALLS_FOR_CLEANING = 10;

    private final GitHubScanner scanner;
    private final InstanceReaper reaper;
    private final WaitingJobs waitingJobs;
    private final Surplus surplus;
    private final MissingRunners missing;
    private final Launches launches;
    private final OrphanedRegistrations orphanedRegistrations;

    Reconciliation(
            GitHubScanner scanner,
            InstanceReaper reaper,
            WaitingJobs waitingJobs,
            Surplus surplus,
            MissingRunners missing,
            Launches launches,
            OrphanedRegistrations orphanedRegistrations) {
        this.scanner = scanner;
        this.reaper = reaper;
        this.waitingJobs = waitingJobs;
        this.surplus = surplus;
        this.missing = missing;
        this.launches = launches;
        this.orphanedRegistrations = orphanedRegistrations;
    }

    /**
     * Reconciles.
     *
     * @param redeliveries how many are due: calls are kept for them
     * @return what is to be launched when claims have made room
     */
    List<RunnerDemand> reconcile(InstanceInventory inventory, DeliveryLog log, int redeliveries, SweepRun run) {
        var report = run.report();
        var snapshot = report.part("repositories", () -> {
            var kept = Math.min(redeliveries, Redelivery.MOST) + CALLS_FOR_CLEANING;
            return scanner.look(
                    inventory, log, run.with(run.calls().part(run.calls().left() - kept)));
        });
        report.saw(new PoolGauges(inventory, snapshot == null ? null : waitingJobs.byPool(snapshot)));
        if (snapshot == null) {
            return List.of();
        }
        var lost = orphanedRegistrations.firstLook(inventory, snapshot);
        report.found(Metric.LOST_REGISTRATIONS, lost.size());
        reaper.end(inventory, snapshot, run);
        surplus.withdraw(inventory, snapshot, run);
        var paced = launches.launch(missing.count(inventory, snapshot, run), run);
        orphanedRegistrations.delete(lost, snapshot, run);
        return paced;
    }
}
