package io.mayfly.sweep;

import io.mayfly.config.Settings;
import io.mayfly.config.Workers;
import io.mayfly.ec2.Instances;
import io.mayfly.ec2.Tags;
import io.mayfly.github.Allowance;
import io.mayfly.github.Deliveries;
import io.mayfly.metrics.Metric;
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
    private final Lookout lookout;
    private final Overdue overdue;
    private final Shortages shortages;
    private final Launches launches;
    private final LostRegistrations lostRegistrations;
    private final Redelivery redelivery;
    private final Workers workers;
    private final InstantSource clock;

    Sweep(
            Settings settings,
            Instances instances,
            Deliveries deliveries,
            Lookout lookout,
            Overdue overdue,
            Shortages shortages,
            Launches launches,
            LostRegistrations lostRegistrations,
            Redelivery redelivery,
            Workers workers,
            InstantSource clock) {
        this.settings = settings;
        this.instances = instances;
        this.deliveries = deliveries;
        this.lookout = lookout;
        this.overdue = overdue;
        this.shortages = shortages;
        this.launches = launches;
        this.lostRegistrations = lostRegistrations;
        this.redelivery = redelivery;
        this.workers = workers;
        this.clock = clock;
    }

    /** Sweeps once. What fails is in the report. */
    public SweepReport run() {
        var time = SweepTime.begin(clock);
        var report = new SweepReport();
        var all = Allowance.of(CALLS + CALLS_FOR_LAUNCHES);
        var calls = all.part(CALLS);
        calls.spend(() -> {
            run(calls, all.part(CALLS_FOR_LAUNCHES), time, report);
            return true;
        });
        return report;
    }

    private void run(Allowance calls, Allowance forLaunches, SweepTime time, SweepReport report) {
        var seen = new AtomicReference<@Nullable Fleet>();
        var read = new AtomicReference<@Nullable DeliveryLog>();
        workers.each(
                2,
                List.of(
                        () -> seen.set(report.part("instances", () -> fleet(time))),
                        () -> read.set(report.part("deliveries", () -> calls.spend(() -> deliveries(time))))));
        var fleet = seen.get();
        var log = Objects.requireNonNullElseGet(read.get(), DeliveryLog::empty);
        var due = Redelivery.due(log, clock.instant());
        var round = launches.round(forLaunches, time, report);
        if (fleet != null) {
            mend(fleet, log, Redelivery.ends(due), calls, round, time, report);
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
            Fleet fleet,
            DeliveryLog log,
            int ends,
            Allowance calls,
            Launches.Round round,
            SweepTime time,
            SweepReport report) {
        var survey = report.part("repositories", () -> {
            var kept = Math.min(ends, Redelivery.MOST) + CALLS_FOR_CLEANING;
            return lookout.look(fleet, log, calls.part(calls.left() - kept), time, report);
        });
        report.saw(new Sighting(fleet, survey == null ? null : shortages.byPool(survey)));
        if (survey == null) {
            return;
        }
        var lost = lostRegistrations.firstLook(fleet, survey);
        report.found(Metric.LOST_REGISTRATIONS, lost.size());
        overdue.end(fleet, survey, time, report);
        var missing = missing(fleet, survey, report);
        round.launch(missing.stream().filter(shortage -> !shortage.blocked()).toList());
        lostRegistrations.delete(lost, survey, calls, time, report);
        round.launch(missing.stream().filter(Shortage::blocked).toList());
    }

    private List<Shortage> missing(Fleet fleet, Survey survey, SweepReport report) {
        @Nullable
        List<Shortage> missing =
                report.part("jobs", () -> settings.paused() ? List.of() : shortages.count(fleet, survey, report));
        return missing == null ? List.of() : missing;
    }

    private DeliveryLog deliveries(SweepTime time) {
        return DeliveryLog.read(deliveries, clock.instant(), time.end());
    }

    private Fleet fleet(SweepTime time) {
        return new Fleet(instances.withTags(Map.of(Tags.DEPLOYMENT, settings.deployment()), time.end()));
    }
}
