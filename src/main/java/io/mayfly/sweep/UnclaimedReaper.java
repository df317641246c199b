package io.mayfly.sweep;

import io.mayfly.ec2.Instance;
import io.mayfly.ec2.Tags;
import io.mayfly.github.RunnerIdentity;
import io.mayfly.github.Runners;
import io.mayfly.metrics.Metric;
import io.mayfly.pool.Timeouts;
import io.mayfly.runner.RunnerTags;
import io.mayfly.runner.TerminationMetrics.Why;
import io.mayfly.runner.Withdrawal;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Withdraws instances that have had time enough to claim their runner, and ends what was withdrawn (K0): a minute ago or more when
 * the look at EC2 began, still without a runner, and GitHub knows none of its name.
 */
@Singleton
class UnclaimedReaper {

    private static final Duration AFTER_REGISTER = Duration.ofMinutes(5);

    /** A claim takes 20 s, and EC2's lists lag by seconds. */
    private static final Duration AFTER_MARK = Duration.ofSeconds(60);

    private static final Pattern MARK = Pattern.compile("([0-9]{1,10}) ([0-9]{1,19}|-)");

    private final RunnerIdentity identity;
    private final Runners runners;
    private final Withdrawal withdrawal;
    private final BootFailures bootFailures;
    private final InstanceEnd end;

    UnclaimedReaper(
            RunnerIdentity identity,
            Runners runners,
            Withdrawal withdrawal,
            BootFailures bootFailures,
            InstanceEnd end) {
        this.identity = identity;
        this.runners = runners;
        this.withdrawal = withdrawal;
        this.bootFailures = bootFailures;
        this.end = end;
    }

    /** An instance without a runner, and how long it may take to claim one. */
    record Unclaimed(Instance instance, RunnerTags tags, Timeouts timeouts) {}

    /** @param look when the look at EC2 began that has shown the instances */
    void evaluate(List<Unclaimed> unclaimed, Instant look, GitHubSnapshot snapshot, SweepRun run) {
        var overdue = new ArrayList<Instance>();
        var failed = new ArrayList<Instance>();
        var cancelled = new ArrayList<Instance>();
        for (var one : unclaimed) {
            var instance = one.instance();
            var mark = MARK.matcher(instance.tag(Tags.WITHDRAWN));
            if (mark.matches()) {
                var at = Instant.ofEpochSecond(Long.parseLong(mark.group(1)));
                if (!look.isBefore(at.plus(AFTER_MARK))
                        && !InstanceReaper.isHeld(instance, run)
                        && hasNoRunner(one, snapshot, run)) {
                    (mark.group(2).equals("-") ? failed : cancelled).add(instance);
                }
            } else if (instance.isOlderThan(one.timeouts().register().plus(AFTER_REGISTER), look)) {
                overdue.add(instance);
            } else {
                bootFailures.explainSlow(instance, "instance has not claimed its runner yet", snapshot, run.time());
            }
        }
        withdraw(overdue, run);
        failed.forEach(instance -> {
            run.report().found(Metric.BOOT_FAILURES);
            bootFailures.explain(instance, "instance never claimed its runner", snapshot, run.time());
        });
        end.of(failed, Why.NEVER_CLAIMED, run);
        end.of(cancelled, Why.CANCELLED, run);
    }

    private void withdraw(List<Instance> overdue, SweepRun run) {
        run.report().part("instances that do not claim", () -> {
            withdrawal.withdrawUnclaimed(overdue, run.time().end());
            overdue.forEach(instance -> run.report().withdrawn(instance.id()));
            return true;
        });
    }

    /** Where the list of all does not tell, GitHub is asked for this one. */
    private boolean hasNoRunner(Unclaimed one, GitHubSnapshot snapshot, SweepRun run) {
        var name = identity.runnerOf(one.instance().id());
        var what = "instance " + one.instance().id();
        var listed = snapshot.runners(one.tags().at().scope());
        Boolean known;
        if (listed != null && listed.whole()) {
            known = listed.hasNamed(name);
        } else {
            known = run.report()
                    .part(
                            what,
                            () -> runners.find(one.tags().at(), name, run.time().end()) != null);
        }
        if (Boolean.TRUE.equals(known)) {
            run.report().skip(what, "it was withdrawn, and GitHub knows a runner of its name");
        }
        return Boolean.FALSE.equals(known);
    }
}
