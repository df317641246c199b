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
import java.util.Objects;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

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

    /**
     * K2: for a job which never had a runner, its own instance, or one of a batch of its run: with one job less that waits one
     * instance less is needed, whichever. One, once, whatever is repeated.
     *
     * @param pool that the job fits
     */
    public Outcome withdraw(CompletedJob job, String pool, Deadline deadline) {
        var run = job.run();
        var ofRun = run == null ? null : withdraw(job, pool, seen(Tags.RUN, run, job, deadline), deadline);
        return ofRun != null
                ? ofRun
                : Objects.requireNonNullElse(
                        withdraw(job, pool, seen(Tags.JOB, job.id(), job, deadline), deadline),
                        new Outcome.Withdrawn(List.of()));
    }

    private List<Instance> seen(String tag, long value, CompletedJob job, Deadline deadline) {
        return instances
                .withTags(Map.of(Tags.DEPLOYMENT, identity.deployment(), tag, Long.toString(value)), deadline)
                .stream()
                .filter(instance -> isFor(instance, job))
                .sorted(Comparator.comparing(Instance::id))
                .toList();
    }

    /** Null where none of these is to be withdrawn. */
    private @Nullable Outcome withdraw(CompletedJob job, String pool, List<Instance> seen, Deadline deadline) {
        var before = seen.stream()
                .filter(instance -> instance.tag(Tags.WITHDRAWN).endsWith(" " + job.id()))
                .findFirst();
        if (before.isPresent()) {
            return new Outcome.Withdrawn(List.of(before.get().id()));
        }
        var waiting = seen.stream()
                .filter(instance -> instance.isLive() && !instance.isClaimed() && !instance.isWithdrawn())
                .toList();
        var own = waiting.stream().filter(instance -> isOf(job.id(), instance)).toList();
        var one = pick(job, own.isEmpty() ? ofBatches(waiting, seen, pool) : own);
        if (one == null) {
            return null;
        }
        mark(List.of(one), Long.toString(job.id()), deadline);
        return new Outcome.Withdrawn(List.of(one.id()));
    }

    /** Those of a pool that were launched together with others: such instances bear the name of one job. */
    private static List<Instance> ofBatches(List<Instance> waiting, List<Instance> seen, String pool) {
        return waiting.stream()
                .filter(instance -> instance.tag(Tags.POOL).equals(pool)
                        && seen.stream()
                                        .filter(other -> other.tag(Tags.JOB).equals(instance.tag(Tags.JOB)))
                                        .count()
                                > 1)
                .toList();
    }

    /** Jobs that are cancelled at one moment pick different ones. */
    private static @Nullable Instance pick(CompletedJob job, List<Instance> instances) {
        return instances.isEmpty() ? null : instances.get(Math.floorMod(job.id(), instances.size()));
    }

    private static boolean isOf(long job, Instance instance) {
        return instance.tag(Tags.JOB).equals(Long.toString(job));
    }

    /** Instances that have had time enough to claim their runner. */
    public void withdrawUnclaimed(List<Instance> unclaimed, Deadline deadline) {
        mark(unclaimed, NO_JOB, deadline);
    }

    /** K4: instances that no job needs, each for the job that it was launched for. */
    public void withdrawSurplus(List<Instance> surplus, Deadline deadline) {
        surplus.stream()
                .collect(Collectors.groupingBy(instance -> instance.tag(Tags.JOB)))
                .forEach((job, ofJob) -> mark(ofJob, job, deadline));
    }

    private void mark(List<Instance> marked, String job, Deadline deadline) {
        if (marked.isEmpty()) {
            return;
        }
        var ids = marked.stream().map(Instance::id).toList();
        var value = clock.instant().getEpochSecond() + " " + job;
        instances.tag(ids, Map.of(Tags.WITHDRAWN, value), deadline);
        ids.forEach(id -> LOG.infof("withdrawn instance=%s job=%s", id, job));
    }

    private static boolean isFor(Instance instance, CompletedJob job) {
        var tags = RunnerTags.parse(instance);
        return tags != null && tags.isFor(job);
    }
}
