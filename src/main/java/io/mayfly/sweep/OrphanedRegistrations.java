package io.mayfly.sweep;

import io.mayfly.ec2.Instances;
import io.mayfly.ec2.Tags;
import io.mayfly.github.InstalledScope;
import io.mayfly.github.OwnRunner;
import io.mayfly.github.Runner;
import io.mayfly.github.RunnerIdentity;
import io.mayfly.github.Runners;
import io.mayfly.github.Runners.Deregistration;
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
import org.jspecify.annotations.Nullable;

/**
 * Deletes registrations that have lost their instance: they have our name and our label, are offline, and two looks 30 s apart
 * find no live instance of that name.
 */
@Singleton
class OrphanedRegistrations {

    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(30);
    private static final Logger LOG = Logger.getLogger(OrphanedRegistrations.class);

    private final RunnerIdentity identity;
    private final Instances instances;
    private final Runners runners;
    private final BootFailures bootFailures;
    private final Sleeper sleeper;
    private final InstantSource clock;

    OrphanedRegistrations(
            RunnerIdentity identity,
            Instances instances,
            Runners runners,
            BootFailures bootFailures,
            Sleeper sleeper,
            InstantSource clock) {
        this.identity = identity;
        this.instances = instances;
        this.runners = runners;
        this.bootFailures = bootFailures;
        this.sleeper = sleeper;
        this.clock = clock;
    }

    /** A registration that was seen without an instance. */
    record Lost(InstalledScope where, OwnRunner runner, Instant seenAt) {}

    /** The first look. */
    List<Lost> firstLook(InstanceInventory inventory, GitHubSnapshot snapshot) {
        var lost = new ArrayList<Lost>();
        for (var listing : snapshot.runners()) {
            for (var runner : listing.runners()) {
                var own = lost(runner, inventory);
                if (own != null) {
                    lost.add(new Lost(listing.where(), own, listing.at()));
                }
            }
        }
        return lost;
    }

    /** The second look, after what is left of the wait, and the deletion of what both have found. */
    void delete(List<Lost> lost, GitHubSnapshot snapshot, SweepRun run) {
        if (lost.isEmpty()) {
            return;
        }
        var last = lost.stream().map(Lost::seenAt).max(Instant::compareTo).orElseThrow();
        var wait = Duration.between(clock.instant(), last.plus(BETWEEN_LOOKS));
        if (!run.time().mayStartAfter(wait)) {
            run.report()
                    .leaveForLater(lost.size() + " registrations without instance", "out of time for a second look");
            return;
        }
        if (wait.isPositive()) {
            sleeper.sleep(wait);
        }
        var begun = clock.instant();
        var inventory = run.report()
                .part(
                        "instances, second look",
                        () -> new InstanceInventory(
                                instances.inventory(
                                        Map.of(Tags.DEPLOYMENT, identity.deployment()),
                                        run.time().end()),
                                begun));
        if (inventory != null) {
            run.calls().spend(() -> {
                lost.stream()
                        .map(Lost::where)
                        .distinct()
                        .forEach(where -> delete(where, lost, inventory, snapshot, run));
                return true;
            });
        }
    }

    private void delete(
            InstalledScope where, List<Lost> lost, InstanceInventory inventory, GitHubSnapshot snapshot, SweepRun run) {
        var listed = run.report()
                .part(
                        "runners of " + where + ", second look",
                        () -> runners.list(where, run.time().end()));
        if (listed == null) {
            return;
        }
        for (var runner : listed.entries()) {
            var own = lost(runner, inventory);
            if (own != null
                    && lost.stream()
                            .anyMatch(one ->
                                    one.where().equals(where) && one.runner().equals(own))) {
                delete(own, runner.neverOnline(), where, inventory, snapshot, run);
            }
        }
    }

    private void delete(
            OwnRunner runner,
            boolean neverOnline,
            InstalledScope where,
            InstanceInventory inventory,
            GitHubSnapshot snapshot,
            SweepRun run) {
        var what = "registration " + runner.name();
        if (!run.time().mayStart()) {
            run.report().leaveForLater(what, "out of time");
            return;
        }
        var deregistration = run.report()
                .part(what, () -> runners.deregister(where, runner, run.time().end()));
        if (deregistration == Deregistration.BUSY) {
            run.report().skip(what, "GitHub says that it is busy");
        } else if (deregistration != null) {
            LOG.infof("deregistered runner=%s runnerId=%s scope=%s why=no instance", runner.name(), runner.id(), where);
            run.report().deregistered(runner.name());
            var ended = inventory.find(identity.instanceOf(runner.name()));
            if (ended != null && neverOnline) {
                run.report().found(Metric.BOOT_FAILURES);
                bootFailures.explain(ended, "instance ended before its runner came online", snapshot, run.time());
            }
        }
    }

    /** The registration where it is ours and has no instance; null else. */
    private @Nullable OwnRunner lost(Runner runner, InstanceInventory inventory) {
        var own = runner.online() || runner.busy() ? null : identity.own(runner);
        var instance = own == null ? null : inventory.find(identity.instanceOf(own.name()));
        return instance != null && instance.isLive() ? null : own;
    }
}
