package io.mayfly.runner;

import io.mayfly.ec2.Instance;
import io.mayfly.ec2.Instances;
import io.mayfly.ec2.Tags;
import io.mayfly.fleet.PoolOccupancy;
import io.mayfly.github.Installations;
import io.mayfly.github.OwnRunner;
import io.mayfly.github.RunnerIdentity;
import io.mayfly.github.Runners;
import io.mayfly.github.Runners.Deregistration;
import io.mayfly.outcome.IgnoredReason;
import io.mayfly.outcome.Outcome;
import io.mayfly.runner.TerminationMetrics.Why;
import io.mayfly.time.Deadline;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Ends the instance of a job that has ended, in two cases and no other. K1: the job names its runner, and GitHub does not
 * say that this runner is busy. K2: the job had no runner, and the one launched for it was never online. A runner that
 * was online may serve another job; if it does not, it ends itself.
 */
@Singleton
class RunnerTerminator {

    private static final Logger LOG = Logger.getLogger(RunnerTerminator.class);

    private final RunnerIdentity identity;
    private final Runners runners;
    private final Installations installations;
    private final Instances instances;
    private final PoolOccupancy occupancy;
    private final TerminationMetrics terminations;
    private final InstantSource clock;

    RunnerTerminator(
            RunnerIdentity identity,
            Runners runners,
            Installations installations,
            Instances instances,
            PoolOccupancy occupancy,
            TerminationMetrics terminations,
            InstantSource clock) {
        this.identity = identity;
        this.runners = runners;
        this.installations = installations;
        this.instances = instances;
        this.occupancy = occupancy;
        this.terminations = terminations;
        this.clock = clock;
    }

    Outcome end(CompletedJob job, Deadline deadline) {
        if (job.hadRunner()) {
            return endNamed(job, deadline);
        }
        return job.skipped() ? new Outcome.Ignored(IgnoredReason.SKIPPED) : endNeverOnline(job, deadline);
    }

    private Outcome endNamed(CompletedJob job, Deadline deadline) {
        var id = job.runnerId();
        var own = id == null ? null : identity.named(id, job.runnerName());
        if (own == null) {
            return new Outcome.Ignored(IgnoredReason.NOT_OUR_RUNNER);
        }
        var found = instances.withTags(
                Map.of(Tags.DEPLOYMENT, identity.deployment(), Tags.RUNNER, job.runnerName()), deadline);
        var matching = found.stream()
                .filter(instance -> ranBy(instance, own, job, deadline))
                .toList();
        if (matching.isEmpty() && !found.isEmpty()) {
            return new Outcome.Ignored(IgnoredReason.OTHER_RUNNER_OF_SAME_NAME);
        }
        var toEnd = new ArrayList<Instance>();
        var endedItself = new ArrayList<Instance>();
        for (var instance : matching) {
            if (instance.hasEnded()) {
                endedItself.add(instance);
                continue;
            }
            if (runners.deregister(RunnerTags.of(instance).at(), own, deadline) == Deregistration.BUSY) {
                return new Outcome.Ignored(IgnoredReason.RUNNER_BUSY);
            }
            toEnd.add(instance);
        }
        var outcome = terminate(toEnd, Why.COMPLETED, job, deadline);
        endedItself.forEach(instance -> terminations.ended(instance, Why.ENDED_ITSELF, job.workflow(), endOf(job)));
        return outcome;
    }

    private Outcome endNeverOnline(CompletedJob job, Deadline deadline) {
        var found = instances.withTags(
                Map.of(Tags.DEPLOYMENT, identity.deployment(), Tags.JOB, Long.toString(job.id())), deadline);
        var toEnd = new ArrayList<Instance>();
        var left = false;
        for (var instance : found) {
            if (instance.hasEnded()
                    || !instance.tag(Tags.REPOSITORY)
                            .equalsIgnoreCase(job.repository().toString())) {
                continue;
            }
            var tags = RunnerTags.of(instance);
            var own = neverOnline(tags, deadline);
            if (own != null && runners.deregister(tags.at(), own, deadline) != Deregistration.BUSY) {
                toEnd.add(instance);
            } else {
                left = true;
            }
        }
        return toEnd.isEmpty() && left
                ? new Outcome.Ignored(IgnoredReason.RUNNER_MAY_SERVE_ANOTHER)
                : terminate(toEnd, Why.CANCELLED, job, deadline);
    }

    /** The instance's runner where it was never online and is ours; null else. */
    private @Nullable OwnRunner neverOnline(RunnerTags tags, Deadline deadline) {
        var runner = runners.get(tags.at(), tags.runnerId(), deadline);
        return runner != null && runner.neverOnline() ? identity.own(runner) : null;
    }

    private Outcome terminate(List<Instance> toEnd, Why why, CompletedJob job, Deadline deadline) {
        var ids = toEnd.stream().map(Instance::id).toList();
        var terminated = instances.terminate(ids, deadline);
        for (var instance : toEnd) {
            occupancy.terminated(instance.id());
            LOG.infof("terminated instance=%s runner=%s why=%s", instance.id(), instance.tag(Tags.RUNNER), why);
            terminations.ended(instance, why, job.workflow(), clock.instant());
        }
        return new Outcome.Terminated(terminated);
    }

    /** EC2 does not say when it ended; the delivery may be late. */
    private Instant endOf(CompletedJob job) {
        var now = clock.instant();
        var completedAt = job.completedAt();
        return completedAt == null || completedAt.isAfter(now) ? now : completedAt;
    }

    /** A runner's name can be chosen by anyone who may register one; id and place can't. */
    private boolean ranBy(Instance instance, OwnRunner runner, CompletedJob job, Deadline deadline) {
        var tags = RunnerTags.parse(instance);
        return tags != null
                && tags.runnerId().equals(runner.id())
                && (tags.at().scope().serves(job.repository()) || wasRenamed(tags, job, deadline));
    }

    /** Whether the job's repository is the instance's under a new name, or with a new owner: GitHub redirects the old one. */
    private boolean wasRenamed(RunnerTags tags, CompletedJob job, Deadline deadline) {
        var now = installations.nameNow(tags.repository(), tags.at(), deadline);
        if (now == null || !now.isSameAs(job.repository())) {
            return false;
        }
        LOG.infof("repository %s is called %s now", tags.repository(), now);
        return true;
    }
}
