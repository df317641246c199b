package io.mayfly.runner;

import io.mayfly.config.Settings;
import io.mayfly.ec2.Instances;
import io.mayfly.ec2.Tags;
import io.mayfly.fleet.PoolOccupancy;
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

        private final Settings settings;
        private final Instances instances;

        NameIsProof(
                Settings settings,
                Runners runners,
                Instances instances,
                PoolOccupancy occupancy,
                TerminationMetrics terminations,
                InstantSource clock) {
            super(settings, runners, instances, occupancy, terminations, clock);
            this.settings = settings;
            this.instances = instances;
        }

        @Override
        Outcome end(CompletedJob job, Deadline deadline) {
            for (var instance : instances.withTags(
                    Map.of(Tags.DEPLOYMENT, settings.deployment(), Tags.RUNNER, job.runnerName()), deadline)) {
                return super.end(
                        new CompletedJob(
                                job.id(),
                                instance.tag(Tags.REPOSITORY),
                                Long.parseLong(instance.tag(Tags.RUNNER_ID)),
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
