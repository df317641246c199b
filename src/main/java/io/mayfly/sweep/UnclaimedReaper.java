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

    /** @param look when the look at EC2 began that has shown the instance */
    void evaluate(
            Instance instance,
            RunnerTags tags,
            Timeouts timeouts,
            Instant look,
            GitHubSnapshot snapshot,
            SweepRun run) {
        var mark = MARK.matcher(instance.tag(Tags.WITHDRAWN));
        if (mark.matches()) {
            var at = Instant.ofEpochSecond(Long.parseLong(mark.group(1)));
            if (!look.isBefore(at.plus(AFTER_MARK))) {
                endWithdrawn(instance, tags, mark.group(2).equals("-"), snapshot, run);
            }
        } else if (instance.isOlderThan(timeouts.register().plus(AFTER_REGISTER), look)) {
            withdrawal.withdraw(instance, run.time().end());
            run.report().withdrawn(instance.id());
        } else {
            bootFailures.explainSlow(instance, "instance has not claimed its runner yet", snapshot, run.time());
        }
    }

    private void endWithdrawn(
            Instance instance, RunnerTags tags, boolean failed, GitHubSnapshot snapshot, SweepRun run) {
        var name = identity.runnerOf(instance.id());
        if (runners.find(tags.at(), name, run.time().end()) != null) {
            run.report().skip("instance " + instance.id(), "it was withdrawn, and GitHub knows a runner of its name");
            return;
        }
        if (failed) {
            run.report().found(Metric.BOOT_FAILURES);
            bootFailures.explain(instance, "instance never claimed its runner", snapshot, run.time());
        }
        end.of(instance, failed ? Why.NEVER_CLAIMED : Why.CANCELLED, run);
    }
}
