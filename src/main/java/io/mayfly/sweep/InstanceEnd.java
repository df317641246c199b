package io.mayfly.sweep;

import io.mayfly.ec2.Instance;
import io.mayfly.ec2.Instances;
import io.mayfly.runner.TerminationMetrics;
import io.mayfly.runner.TerminationMetrics.Why;
import jakarta.inject.Singleton;
import java.util.List;
import org.jboss.logging.Logger;

/** Ends an instance, and says so in log, report and metrics. */
@Singleton
class InstanceEnd {

    private static final Logger LOG = Logger.getLogger(InstanceEnd.class);

    private final Instances instances;
    private final TerminationMetrics terminations;

    InstanceEnd(Instances instances, TerminationMetrics terminations) {
        this.instances = instances;
        this.terminations = terminations;
    }

    void of(Instance instance, Why why, SweepRun run) {
        end(List.of(instance), why, run);
    }

    /** Instances, in one call. */
    void of(List<Instance> ended, Why why, SweepRun run) {
        if (!ended.isEmpty()) {
            run.report().part("ends of " + ended.size() + " instances", () -> end(ended, why, run));
        }
    }

    private boolean end(List<Instance> all, Why why, SweepRun run) {
        var ended = instances.terminate(
                all.stream().map(Instance::id).toList(), run.time().end());
        for (var instance : all) {
            if (ended.contains(instance.id())) {
                LOG.infof("terminated instance=%s why=%s", instance.id(), why);
                run.report().terminated(instance.id());
                terminations.ended(instance, why);
            }
        }
        return true;
    }
}
