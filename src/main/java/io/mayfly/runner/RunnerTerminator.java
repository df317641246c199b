package io.mayfly.runner;

import io.mayfly.ec2.Instance;
import io.mayfly.ec2.Instances;
import io.mayfly.ec2.Tags;
import io.mayfly.fleet.PoolOccupancy;
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
import java.util.List;
import org.jboss.logging.Logger;

/**
 * Ends the instance of a job that has ended (K1): the job names its runner, whose id and scope are those of the instance's
 * tags, for anybody who may register runners can choose a name; and GitHub does not say that this runner is busy. One that an operator keeps
 * loses its registration only.
 */
@Singleton
public class RunnerTerminator {

    private static final Logger LOG = Logger.getLogger(RunnerTerminator.class);

    private final RunnerIdentity identity;
    private final Runners runners;
    private final Instances instances;
    private final PoolOccupancy occupancy;
    private final TerminationMetrics terminations;
    private final InstantSource clock;

    RunnerTerminator(
            RunnerIdentity identity,
            Runners runners,
            Instances instances,
            PoolOccupancy occupancy,
            TerminationMetrics terminations,
            InstantSource clock) {
        this.identity = identity;
        this.runners = runners;
        this.instances = instances;
        this.occupancy = occupancy;
        this.terminations = terminations;
        this.clock = clock;
    }

    /** Ends the runner of a job that has ended, where that is safe. */
    public Outcome end(CompletedJob job, Deadline deadline) {
        var id = job.runnerId();
        var own = id == null ? null : identity.named(id, job.runnerName());
        var instanceId = own == null ? null : identity.instanceOf(own.name());
        if (own == null || instanceId == null) {
            return new Outcome.Ignored(IgnoredReason.NOT_OUR_RUNNER);
        }
        var instance = instances.find(instanceId, deadline);
        if (instance == null || !instance.tag(Tags.DEPLOYMENT).equals(identity.deployment())) {
            return new Outcome.Terminated(List.of());
        }
        var tags = RunnerTags.parse(instance);
        if (tags == null || !own.id().equals(tags.runnerId()) || !tags.isFor(job)) {
            return new Outcome.Ignored(IgnoredReason.OTHER_RUNNER_OF_SAME_NAME);
        }
        if (instance.hasEnded()) {
            terminations.ended(instance, Why.ENDED_ITSELF, job.workflow(), endOf(job));
            return new Outcome.Terminated(List.of());
        }
        if (runners.deregister(tags.at(), own, deadline) == Deregistration.BUSY) {
            return new Outcome.Ignored(IgnoredReason.RUNNER_BUSY);
        }
        var heldUntil = Hold.until(instance, clock.instant());
        if (heldUntil == null) {
            return terminate(instance, own, job, deadline);
        }
        LOG.infof("held instance=%s runner=%s until=%s", instance.id(), own.name(), heldUntil);
        terminations.ended(instance, Why.HELD, job.workflow(), heldUntil);
        return new Outcome.Terminated(List.of());
    }

    private Outcome terminate(Instance instance, OwnRunner runner, CompletedJob job, Deadline deadline) {
        var terminated = instances.terminate(instance.id(), deadline);
        occupancy.terminated(instance.id());
        LOG.infof("terminated instance=%s runner=%s why=%s", instance.id(), runner.name(), Why.COMPLETED);
        terminations.ended(instance, Why.COMPLETED, job.workflow(), clock.instant());
        return new Outcome.Terminated(terminated ? List.of(instance.id()) : List.of());
    }

    /** EC2 does not say when it ended; the delivery may be late. */
    private Instant endOf(CompletedJob job) {
        var now = clock.instant();
        var completedAt = job.completedAt();
        return completedAt == null || completedAt.isAfter(now) ? now : completedAt;
    }
}
