package io.mayfly.sweep;

import io.mayfly.ec2.Instance;
import io.mayfly.ec2.Instances;
import io.mayfly.ec2.Tags;
import io.mayfly.github.Runner;
import io.mayfly.github.RunnerId;
import io.mayfly.github.RunnerIdentity;
import io.mayfly.github.Runners;
import io.mayfly.github.Runners.Deregistration;
import io.mayfly.metrics.Metric;
import io.mayfly.pool.Pool;
import io.mayfly.pool.RunnerPools;
import io.mayfly.pool.Timeouts;
import io.mayfly.runner.Hold;
import io.mayfly.runner.RunnerTags;
import io.mayfly.runner.TerminationMetrics.Why;
import io.mayfly.sweep.UnclaimedReaper.Unclaimed;
import jakarta.inject.Singleton;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Ends instances that should have ended themselves, in these cases and no other (K3): the runner was never online and the
 * time to come up is over by 5 min; the hard limit is over by 15 min; or two looks at least 5 min apart found the runner idle or
 * absent, the idle limit is over by 10 min, and no job in progress names the runner. The first look is written on the instance, in
 * the tag {@code mayfly:suspect}. One that an operator keeps is ended by its hard limit only, until the hold is over.
 */
@Singleton
class InstanceReaper {

    private static final Duration AFTER_REGISTER = Duration.ofMinutes(5);
    private static final Duration AFTER_MAX = Duration.ofMinutes(15);
    private static final Duration AFTER_IDLE = Duration.ofMinutes(10);
    private static final Duration BETWEEN_LOOKS = Duration.ofMinutes(5);

    /** An older first look says nothing of now: the runner may have worked in between, unseen. */
    private static final Duration LOOK_COUNTS = Duration.ofMinutes(20);

    /** For a pool that is no longer set up. GitHub ends a job on a self-hosted runner after 5 days. */
    private static final Timeouts UNKNOWN = new Timeouts(Duration.ofHours(1), Duration.ofHours(1), Duration.ofDays(5));

    private static final Logger LOG = Logger.getLogger(InstanceReaper.class);

    private final Instances instances;
    private final RunnerIdentity identity;
    private final Runners runners;
    private final RunnerPools pools;
    private final UnclaimedReaper unclaimed;
    private final BootFailures bootFailures;
    private final InstanceEnd end;

    InstanceReaper(
            Instances instances,
            RunnerIdentity identity,
            Runners runners,
            RunnerPools pools,
            UnclaimedReaper unclaimed,
            BootFailures bootFailures,
            InstanceEnd end) {
        this.instances = instances;
        this.identity = identity;
        this.runners = runners;
        this.pools = pools;
        this.unclaimed = unclaimed;
        this.bootFailures = bootFailures;
        this.end = end;
    }

    void end(InstanceInventory inventory, GitHubSnapshot snapshot, SweepRun run) {
        var timeouts = run.report().part("pools", pools::all);
        var withoutRunner = new ArrayList<Unclaimed>();
        for (var instance : inventory.live()) {
            if (!run.time().mayStart()) {
                run.report().leaveForLater("instance " + instance.id(), "out of time");
                continue;
            }
            run.report().part("instance " + instance.id(), () -> {
                evaluate(instance, timeouts(instance, timeouts), withoutRunner, snapshot, run);
                return true;
            });
        }
        unclaimed.evaluate(withoutRunner, inventory.at(), snapshot, run);
    }

    private void evaluate(
            Instance instance,
            Timeouts timeouts,
            List<Unclaimed> withoutRunner,
            GitHubSnapshot snapshot,
            SweepRun run) {
        if (isOlder(instance, timeouts.max().plus(AFTER_MAX), run)) {
            end.of(instance, Why.HARD_LIMIT, run);
            return;
        }
        var tags = RunnerTags.of(instance);
        var runnerId = tags.runnerId();
        if (runnerId == null) {
            withoutRunner.add(new Unclaimed(instance, tags, timeouts));
            return;
        }
        var look = snapshot.runners(tags.at().scope());
        if (look == null) {
            if (isOlder(instance, least(timeouts), run)) {
                run.report().leaveForLater("instance " + instance.id(), "its runner was not seen");
            }
            return;
        }
        var listed = look.find(runnerId);
        if (snapshot.namesRunner(runnerId) || (listed != null && listed.busy())) {
            clearSuspect(instance, run);
            return;
        }
        if (listed != null && listed.neverOnline()) {
            bootFailures.explainSlow(instance, "runner is not online yet", snapshot, run.time());
        }
        if (isOlder(instance, least(timeouts), run) && !isHeld(instance, run)) {
            judgeByItself(instance, runnerId, tags, timeouts, snapshot, run);
        }
    }

    /** Lists lag and omit: before anything is ended the runner is asked for by its id. */
    private void judgeByItself(
            Instance instance,
            RunnerId runnerId,
            RunnerTags tags,
            Timeouts timeouts,
            GitHubSnapshot snapshot,
            SweepRun run) {
        var runner = runners.get(tags.at(), runnerId, run.time().end());
        if (runner != null && runner.busy()) {
            clearSuspect(instance, run);
        } else if (runner != null && runner.neverOnline()) {
            if (isOlder(instance, timeouts.register().plus(AFTER_REGISTER), run)) {
                run.report().found(Metric.BOOT_FAILURES);
                bootFailures.explain(instance, "runner never came online", snapshot, run.time());
                deregisterAndTerminate(instance, runner, tags, Why.NEVER_ONLINE, run);
            }
        } else if (isOlder(instance, timeouts.idle().plus(AFTER_IDLE), run)) {
            markSuspect(instance, runner, tags, snapshot, run);
        }
    }

    private void markSuspect(
            Instance instance, @Nullable Runner runner, RunnerTags tags, GitHubSnapshot snapshot, SweepRun run) {
        if (!snapshot.hasSeenAllJobsOf(tags.at().scope())) {
            run.report()
                    .skip(
                            "instance " + instance.id(),
                            "its runner looks idle, but not all jobs of " + tags.at() + " were seen");
            return;
        }
        var since = suspectSince(instance);
        var now = run.time().begin();
        if (since == null || since.isBefore(now.minus(LOOK_COUNTS)) || since.isAfter(now)) {
            LOG.infof("suspect instance=%s why=%s", instance.id(), runner == null ? Why.ABSENT : Why.IDLE);
            run.report().found(Metric.SUSPECTS);
            instances.tag(
                    instance.id(),
                    Map.of(Tags.SUSPECT, now.truncatedTo(ChronoUnit.SECONDS).toString()),
                    run.time().end());
        } else if (!since.isAfter(now.minus(BETWEEN_LOOKS))) {
            deregisterAndTerminate(instance, runner, tags, runner == null ? Why.ABSENT : Why.IDLE, run);
        }
    }

    /** A runner that is there is deregistered first, which GitHub refuses while it works; never one that is not ours. */
    private void deregisterAndTerminate(
            Instance instance, @Nullable Runner runner, RunnerTags tags, Why why, SweepRun run) {
        if (runner != null) {
            var own = identity.own(runner);
            if (own == null) {
                run.report()
                        .skip(
                                "instance " + instance.id(),
                                "its tags name runner " + runner.id() + ", which is not ours");
                return;
            }
            if (runners.deregister(tags.at(), own, run.time().end()) == Deregistration.BUSY) {
                clearSuspect(instance, run);
                return;
            }
        }
        end.of(instance, why, run);
    }

    /** It works: what was suspected before no longer counts. */
    private void clearSuspect(Instance instance, SweepRun run) {
        if (!instance.tag(Tags.SUSPECT).isEmpty()) {
            instances.tag(instance.id(), Map.of(Tags.SUSPECT, ""), run.time().end());
        }
    }

    /** Whether an operator keeps it, which the report says. */
    static boolean isHeld(Instance instance, SweepRun run) {
        var until = Hold.until(instance, run.time().begin());
        if (until != null) {
            run.report().skip("instance " + instance.id(), "held until " + until);
        }
        return until != null;
    }

    private static boolean isOlder(Instance instance, Duration age, SweepRun run) {
        return instance.isOlderThan(age, run.time().begin());
    }

    private static Duration least(Timeouts timeouts) {
        var register = timeouts.register().plus(AFTER_REGISTER);
        var idle = timeouts.idle().plus(AFTER_IDLE);
        return register.compareTo(idle) < 0 ? register : idle;
    }

    private static @Nullable Instant suspectSince(Instance instance) {
        try {
            return Instant.parse(instance.tag(Tags.SUSPECT));
        } catch (DateTimeException e) {
            return null;
        }
    }

    /** Those that it was launched with; where they are not to be read, those of its pool. */
    private static Timeouts timeouts(Instance instance, @Nullable List<Pool> pools) {
        var own = Timeouts.parse(instance.tag(Tags.TIMEOUTS));
        if (own != null) {
            return own;
        }
        return pools == null
                ? UNKNOWN
                : pools.stream()
                        .filter(pool -> pool.name().equals(instance.tag(Tags.POOL)))
                        .map(Pool::timeouts)
                        .findFirst()
                        .orElse(UNKNOWN);
    }
}
