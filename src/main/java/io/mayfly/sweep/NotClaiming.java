package io.mayfly.sweep;

import io.mayfly.ec2.StateReason;
import io.mayfly.fleet.ClaimBrake;
import io.mayfly.github.Scope;
import io.mayfly.metrics.Metric;
import io.mayfly.pool.Pool;
import jakarta.inject.Singleton;
import org.jboss.logging.Logger;

/** Says that the instances of a pool do not claim their runners, so that jobs wait: by what the last of them has said. */
@Singleton
class NotClaiming {

    private static final Logger LOG = Logger.getLogger(NotClaiming.class);

    private final BootFailures bootFailures;

    NotClaiming(BootFailures bootFailures) {
        this.bootFailures = bootFailures;
    }

    void explain(Scope scope, Pool pool, ClaimBrake brake, int waiting, SweepRun run) {
        run.report().found(Metric.NOT_CLAIMING);
        run.report()
                .skip(
                        "pool " + pool.name() + " for " + scope,
                        "its last " + brake.failed()
                                + " instances did not claim their runners: one at a time is tried");
        var last = brake.newest();
        if (last == null) {
            return;
        }
        var reason = last.stateReason();
        LOG.errorf(
                "instances do not claim their runners pool=%s scope=%s failed=%d waiting=%d instance=%s%s cure=%s"
                        + " console=%s",
                pool.name(),
                scope,
                brake.failed(),
                waiting,
                last.id(),
                reason.equals(StateReason.NONE) ? "" : " ended=" + reason,
                "see the console: MAYFLY_URL or the parameter url, the subnet's way to the internet, or the AMI is the"
                        + " usual cause",
                bootFailures.console(last, run.time()));
    }
}
