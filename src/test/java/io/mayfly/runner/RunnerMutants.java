package io.mayfly.runner;

import io.mayfly.ec2.Instances;
import io.mayfly.ec2.Tags;
import io.mayfly.fleet.PoolOccupancy;
import io.mayfly.github.Installations;
import io.mayfly.github.RunnerIdentity;
import io.mayfly.github.Runners;
import io.mayfly.outcome.Outcome;
import io.mayfly.time.Deadline;
import java.time.InstantSource;
import java.util.Map;

/** The life of a runner, broken on purpose. */
public final class RunnerMutants {

    private RunnerMutants() {}

    /** Takes a name for a proof. */
    public static final class NameIsProof extends RunnerTerminator {

        private final RunnerIdentity identity;
        private final Instances instances;

        NameIsProof(
                RunnerIdentity identity,
                Runners runners,
                Installations installations,
                Instances instances,
                PoolOccupancy occupancy,
                TerminationMetrics terminations,
                InstantSource clock) {
            super(identity, runners, installations, instances, occupancy, terminations, clock);
            this.identity = identity;
            this.instances = instances;
        }

        @Override
        Outcome end(CompletedJob job, Deadline deadline) {
            for (var instance : instances.withTags(
                    Map.of(Tags.DEPLOYMENT, identity.deployment(), Tags.RUNNER, job.runnerName()), deadline)) {
                return super.end(
                        new CompletedJob(
                                job.id(),
                                RunnerTags.of(instance).repository(),
                                RunnerTags.of(instance).runnerId(),
                                job.runnerName(),
                                job.skipped(),
                                job.workflow(),
                                job.completedAt()),
                        deadline);
            }
            return super.end(job, deadline);
        }
    }
}
