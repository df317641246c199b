package io.mayfly.sweep;

import io.mayfly.config.Settings;
import io.mayfly.ec2.Instances;
import io.mayfly.ec2.Tags;
import io.mayfly.github.CallBudget;
import io.mayfly.github.Runner;
import io.mayfly.github.RunnerName;
import io.mayfly.github.Runners;
import io.mayfly.github.Runners.Deregistration;
import io.mayfly.github.Scope;
import io.mayfly.metrics.Metric;
import io.mayfly.time.Sleeper;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jboss.logging.Logger;

/**
 * Deletes registrations that have lost their instance, or never had one: they carry our label, are offline, and two looks
 * 30 s apart find no live instance. A launch takes less than that from its registration to its instance.
 */
@Singleton
class OrphanedRegistrations {

    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(30);
    private static final Logger LOG = Logger.getLogger(OrphanedRegistrations.class);

    private final Settings settings;
    private final Instances instances;
    private final Runners runners;
    private final BootFailures bootFailures;
    private final Sleeper sleeper;
    private final InstantSource clock;

    OrphanedRegistrations(
            Settings settings,
            Instances instances,
            Runners runners,
            BootFailures bootFailures,
            Sleeper sleeper,
            InstantSource clock) {
        this.settings = settings;
        this.instances = instances;
        this.runners = runners;
        this.bootFailures = bootFailures;
        this.sleeper = sleeper;
        this.clock = clock;
    }

    /** A registration that was seen without an instance. */
    record Lost(Scope scope, long installation, Runner runner, Instant seenAt) {}

    /** The first look. */
    List<Lost> firstLook(InstanceInventory inventory, GitHubSnapshot snapshot) {
        var lost = new ArrayList<Lost>();
        snapshot.runners()
                .forEach((scope, look) -> look.runners().stream()
                        .filter(runner -> isLost(runner, inventory))
                        .forEach(runner -> lost.add(new Lost(scope, look.installation(), runner, look.at()))));
        return lost;
    }

    /** The second look, after what is left of the wait, and the deletion of what both have found. */
    void delete(List<Lost> lost, GitHubSnapshot snapshot, CallBudget calls, SweepTime time, SweepReport report) {
        if (lost.isEmpty()) {
            return;
        }
        var last = lost.stream().map(Lost::seenAt).max(Instant::compareTo).orElseThrow();
        var wait = Duration.between(clock.instant(), last.plus(BETWEEN_LOOKS));
        if (!time.mayStartAfter(wait)) {
            report.leaveForLater(lost.size() + " registrations without instance", "out of time for a second look");
            return;
        }
        if (wait.isPositive()) {
            sleeper.sleep(wait);
        }
        var inventory = report.part(
                "instances, second look",
                () -> new InstanceInventory(
                        instances.withTags(Map.of(Tags.DEPLOYMENT, settings.deployment()), time.end())));
        if (inventory != null) {
            calls.spend(() -> {
                lost.stream()
                        .map(Lost::scope)
                        .distinct()
                        .forEach(scope -> delete(
                                lost.stream()
                                        .filter(one -> one.scope().equals(scope))
                                        .toList(),
                                inventory,
                                snapshot,
                                time,
                                report));
                return true;
            });
        }
    }

    private void delete(
            List<Lost> lost, InstanceInventory inventory, GitHubSnapshot snapshot, SweepTime time, SweepReport report) {
        var scope = lost.getFirst().scope();
        var installation = lost.getFirst().installation();
        var listed = report.part(
                "runners of " + scope + ", second look", () -> runners.list(scope, installation, time.end()));
        if (listed == null) {
            return;
        }
        for (var runner : listed) {
            if (isLost(runner, inventory)
                    && lost.stream().anyMatch(one -> one.runner().id() == runner.id())) {
                delete(runner, scope, installation, inventory, snapshot, time, report);
            }
        }
    }

    private void delete(
            Runner runner,
            Scope scope,
            long installation,
            InstanceInventory inventory,
            GitHubSnapshot snapshot,
            SweepTime time,
            SweepReport report) {
        var what = "registration " + runner.name();
        if (!time.mayStart()) {
            report.leaveForLater(what, "out of time");
            return;
        }
        var deregistration = report.part(what, () -> runners.deregister(scope, runner.id(), installation, time.end()));
        if (deregistration == Deregistration.BUSY) {
            report.skip(what, "GitHub says that it is busy");
        } else if (deregistration != null) {
            LOG.infof("deregistered runner=%s runnerId=%d scope=%s why=no instance", runner.name(), runner.id(), scope);
            report.deregistered(runner.name());
            var ended = inventory.ended(runner.id());
            if (ended != null && runner.neverOnline()) {
                report.found(Metric.BOOT_FAILURES);
                bootFailures.explain(ended, "instance ended before its runner came online", snapshot, time);
            }
        }
    }

    private boolean isLost(Runner runner, InstanceInventory inventory) {
        return runner.hasLabel(RunnerName.label(settings.deployment()))
                && !runner.online()
                && !runner.busy()
                && !inventory.hasLive(runner.id());
    }
}
