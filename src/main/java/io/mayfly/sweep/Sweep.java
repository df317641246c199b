package io.mayfly.sweep;

import io.mayfly.config.Settings;
import io.mayfly.ec2.Instances;
import io.mayfly.ec2.Tags;
import io.mayfly.github.CallBudget;
import io.mayfly.github.Deliveries;
import io.mayfly.metrics.Metric;
import io.mayfly.time.Workers;
import jakarta.inject.Singleton;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
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

    /** To GitHub, to look and to clean. A launch adds its own, which EC2's rate bounds. */
    private static final int CALLS = 60;

    private static final int CALLS_FOR_CLEANING = 10;
    private static final int CALLS_FOR_LAUNCHES = 400;

    private final Settings settings;
    private final Instances instances;
    private final Deliveries deliveries;
    private final GitHubScanner scanner;
    private final InstanceReaper reaper;
    private final DemandCalculator demands;
    private final Launches launches;
    private final OrphanedRegistrations orphanedRegistrations;
    private final Redelivery redelivery;
    private final Workers workers;
    private final InstantSource clock;

    Sweep(
            Settings settings,
            Instances instances,
            Deliveries deliveries,
            GitHubScanner scanner,
            InstanceReaper reaper,
            DemandCalculator demands,
            Launches launches,
            OrphanedRegistrations orphanedRegistrations,
            Redelivery redelivery,
            Workers workers,
            InstantSource clock) {
        this.settings = settings;
        this.instances = instances;
        this.deliveries = deliveries;
        this.scanner = scanner;
        this.reaper = reaper;
        this.demands = demands;
        this.launches = launches;
        this.orphanedRegistrations = orphanedRegistrations;
        this.redelivery = redelivery;
        this.workers = workers;
        this.clock = clock;
    }

    /** Sweeps once. What fails is in the report. */
    public SweepReport run() {
        var time = SweepTime.begin(clock);
        var report = new SweepReport();
        var all = CallBudget.of(CALLS + CALLS_FOR_LAUNCHES);
        var calls = all.part(CALLS);
        calls.spend(() -> {
            run(calls, all.part(CALLS_FOR_LAUNCHES), time, report);
            return true;
        });
        return report;
    }

    private void run(CallBudget calls, CallBudget forLaunches, SweepTime time, SweepReport report) {
        var seen = new AtomicReference<@Nullable InstanceInventory>();
        var read = new AtomicReference<@Nullable DeliveryLog>();
        workers.each(
                2,
                List.of(
                        () -> seen.set(report.part("instances", () -> inventory(time))),
                        () -> read.set(report.part("deliveries", () -> calls.spend(() -> deliveries(time))))));
        var inventory = seen.get();
        var log = Objects.requireNonNullElseGet(read.get(), DeliveryLog::empty);
        var due = Redelivery.due(log, clock.instant());
        var round = launches.round(forLaunches, time, report);
        if (inventory != null) {
            mend(inventory, log, Redelivery.terminations(due), calls, round, time, report);
        }
        redelivery.redeliver(due, round.wasNeeded(), time, report);
        round.goOn();
        report.found(Metric.LAUNCHES_LEFT_OVER, round.leftOver());
    }

    /**
     * Mends what instances and GitHub show. To look for jobs is worth more than to have their {@code queued} repeated: calls
     * are kept only for deliveries that end runners.
     */
    private void mend(
            InstanceInventory inventory,
            DeliveryLog log,
            int terminations,
            CallBudget calls,
            Launches.Round round,
            SweepTime time,
            SweepReport report) {
        var snapshot = report.part("repositories", () -> {
            var kept = Math.min(terminations, Redelivery.MOST) + CALLS_FOR_CLEANING;
            return scanner.look(inventory, log, calls.part(calls.left() - kept), time, report);
        });
        report.saw(new PoolGauges(inventory, snapshot == null ? null : demands.byPool(snapshot)));
        if (snapshot == null) {
            return;
        }
        var lost = orphanedRegistrations.firstLook(inventory, snapshot);
        report.found(Metric.LOST_REGISTRATIONS, lost.size());
        reaper.end(inventory, snapshot, time, report);
        var missing = missing(inventory, snapshot, report);
        round.launch(missing.stream().filter(demand -> !demand.blocked()).toList());
        orphanedRegistrations.delete(lost, snapshot, calls, time, report);
        round.launch(missing.stream().filter(RunnerDemand::blocked).toList());
    }

    private List<RunnerDemand> missing(InstanceInventory inventory, GitHubSnapshot snapshot, SweepReport report) {
        @Nullable
        List<RunnerDemand> missing =
                report.part("jobs", () -> settings.paused() ? List.of() : demands.count(inventory, snapshot, report));
        return missing == null ? List.of() : missing;
    }

    private DeliveryLog deliveries(SweepTime time) {
        return DeliveryLog.read(deliveries, clock.instant(), time.end());
    }

    private InstanceInventory inventory(SweepTime time) {
        return new InstanceInventory(instances.withTags(Map.of(Tags.DEPLOYMENT, settings.deployment()), time.end()));
    }
}
