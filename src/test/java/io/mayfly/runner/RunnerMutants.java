package io.mayfly.runner;

import io.mayfly.ec2.Instances;
import io.mayfly.fleet.PoolOccupancy;
import io.mayfly.github.RunnerIdentity;
import io.mayfly.github.Runners;
import io.mayfly.outcome.Outcome;
import io.mayfly.time.Deadline;
import java.time.InstantSource;

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
                Instances instances,
                PoolOccupancy occupancy,
                TerminationMetrics terminations,
                InstantSource clock) {
            super(identity, runners, instances, occupancy, terminations, clock);
            this.identity = identity;
            this.instances = instances;
        }

        @Override
        public Outcome end(CompletedJob job, Deadline deadline) {
            var id = identity.instanceOf(job.runnerName());
            var instance = id == null ? null : instances.find(id, deadline);
            var tags = instance == null ? null : RunnerTags.parse(instance);
            if (tags == null) {
                return super.end(job, deadline);
            }
            return super.end(
                    new CompletedJob(
                            job.id(),
                            job.run(),
                            job.repository(),
                            tags.scopeId(),
                            tags.scopeId(),
                            tags.runnerId(),
                            job.runnerName(),
                            job.skipped(),
                            job.workflow(),
                            job.completedAt()),
                    deadline);
        }
    }
}
