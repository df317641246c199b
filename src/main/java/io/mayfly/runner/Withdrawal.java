package io.mayfly.runner;

import io.mayfly.ec2.Instance;
import io.mayfly.ec2.Instances;
import io.mayfly.ec2.Tags;
import io.mayfly.github.RunnerIdentity;
import io.mayfly.outcome.Outcome;
import io.mayfly.time.Deadline;
import jakarta.inject.Singleton;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jboss.logging.Logger;

/**
 * Marks instances that have no runner and are not needed. A claim that sees the mark is refused, so the instance ends itself;
 * one that does not, the sweep ends (K0). The mark alone ends nothing: where a claim was first, it means nothing.
 */
@Singleton
public class Withdrawal {

    private static final String NO_JOB = "-";
    private static final Logger LOG = Logger.getLogger(Withdrawal.class);

    private final RunnerIdentity identity;
    private final Instances instances;
    private final InstantSource clock;

    Withdrawal(RunnerIdentity identity, Instances instances, InstantSource clock) {
        this.identity = identity;
        this.instances = instances;
        this.clock = clock;
    }

    /** K2: the instance that was launched for a job which never had a runner. One, once, whatever is repeated. */
    public Outcome withdraw(CompletedJob job, Deadline deadline) {
        var own = instances
                .withTags(Map.of(Tags.DEPLOYMENT, identity.deployment(), Tags.JOB, Long.toString(job.id())), deadline)
                .stream()
                .filter(instance -> instance.isLive() && isFor(instance, job))
                .sorted(Comparator.comparing(Instance::id))
                .toList();
        for (var instance : own) {
            if (instance.tag(Tags.WITHDRAWN).endsWith(" " + job.id())) {
                return new Outcome.Withdrawn(List.of(instance.id()));
            }
        }
        for (var instance : own) {
            if (!instance.isClaimed() && !instance.isWithdrawn()) {
                mark(instance, Long.toString(job.id()), deadline);
                return new Outcome.Withdrawn(List.of(instance.id()));
            }
        }
        return new Outcome.Withdrawn(List.of());
    }

    /** An instance that has had time enough to claim its runner. */
    public void withdraw(Instance instance, Deadline deadline) {
        mark(instance, NO_JOB, deadline);
    }

    private void mark(Instance instance, String job, Deadline deadline) {
        var value = clock.instant().getEpochSecond() + " " + job;
        instances.tag(instance.id(), Map.of(Tags.WITHDRAWN, value), deadline);
        LOG.infof("withdrawn instance=%s job=%s", instance.id(), job);
    }

    private static boolean isFor(Instance instance, CompletedJob job) {
        var tags = RunnerTags.parse(instance);
        return tags != null && tags.isFor(job);
    }
}
