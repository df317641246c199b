package io.mayfly.fleet;

import io.mayfly.ec2.Instance;
import io.mayfly.ec2.Instances;
import io.mayfly.ec2.Tags;
import io.mayfly.github.Runner;
import io.mayfly.github.RunnerIdentity;
import io.mayfly.github.Runners;
import io.mayfly.github.Runners.Deregistration;
import io.mayfly.time.Deadline;
import io.mayfly.time.Sleeper;
import io.mayfly.time.TimeLimits;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whose a taken runner name is. GitHub is the lock: whoever registers the name launches. A name without an
 * instance is the rest of a launch that was cut short, or of an instance that has ended itself; it is deleted only after
 * a wait that is longer than any launcher tries.
 */
@Singleton
class TakenName {

    private static final Logger LOG = Logger.getLogger(TakenName.class);

    /** What is kept for the look and the deletion after the wait. */
    private static final Duration FOR_THE_END = Duration.ofMillis(300);

    private final RunnerIdentity identity;
    private final Runners runners;
    private final Instances instances;
    private final TimeLimits limits;
    private final InstantSource clock;
    private final Sleeper sleeper;

    TakenName(
            RunnerIdentity identity,
            Runners runners,
            Instances instances,
            TimeLimits limits,
            InstantSource clock,
            Sleeper sleeper) {
        this.identity = identity;
        this.runners = runners;
        this.instances = instances;
        this.limits = limits;
        this.clock = clock;
        this.sleeper = sleeper;
    }

    sealed interface Verdict {

        /** A live instance or a runner at work has it. */
        record InUse(@Nullable String instanceId) implements Verdict {}

        /** It was left over, and is free now. */
        record Cleaned() implements Verdict {}

        /** Nothing was proven in the time that there was. */
        record Unclear() implements Verdict {}
    }

    Verdict resolve(Launch launch, Deadline deadline) {
        var waitEnds = clock.instant().plus(limits.takenNameWait());
        var first = find(launch, deadline);
        while (true) {
            var found = instances.withTags(
                    Map.of(Tags.DEPLOYMENT, launch.deployment(), Tags.RUNNER, launch.runner()), deadline);
            var live = found.stream().filter(Instance::isLive).findFirst();
            if (live.isPresent()) {
                return new Verdict.InUse(live.get().id());
            }
            if (first != null && isAtWork(first)) {
                return new Verdict.InUse(null);
            }
            if (first != null && hasEnded(found, first)) {
                return clean(launch, first, deadline);
            }
            var rest = Duration.between(clock.instant(), waitEnds);
            if (!rest.isPositive()) {
                return first == null ? new Verdict.Unclear() : lookOnceMore(launch, first, deadline);
            }
            var pause = rest.compareTo(limits.takenNamePoll()) < 0 ? rest : limits.takenNamePoll();
            if (!deadline.allows(pause.plus(FOR_THE_END))) {
                return new Verdict.Unclear();
            }
            sleeper.sleep(pause);
        }
    }

    private Verdict lookOnceMore(Launch launch, Runner first, Deadline deadline) {
        var now = find(launch, deadline);
        if (now == null || !now.id().equals(first.id())) {
            return new Verdict.Unclear();
        }
        return isAtWork(now) ? new Verdict.InUse(null) : clean(launch, now, deadline);
    }

    private Verdict clean(Launch launch, Runner ghost, Deadline deadline) {
        var own = identity.own(ghost);
        if (own == null) {
            LOG.warnf(
                    "runner=%s runnerId=%s of %s has a name of ours without our label: it is left alone",
                    ghost.name(), ghost.id(), launch.at());
            return new Verdict.Unclear();
        }
        var deregistration = runners.deregister(launch.at(), own, deadline);
        if (deregistration == Deregistration.BUSY) {
            return new Verdict.InUse(null);
        }
        LOG.infof("deregistered runner=%s runnerId=%s why=no instance", ghost.name(), ghost.id());
        return new Verdict.Cleaned();
    }

    private @Nullable Runner find(Launch launch, Deadline deadline) {
        return runners.find(launch.at(), launch.runner(), deadline);
    }

    private static boolean isAtWork(Runner runner) {
        return runner.online() || runner.busy();
    }

    private static boolean hasEnded(List<Instance> found, Runner runner) {
        return found.stream()
                .anyMatch(instance -> instance.hasEnded()
                        && instance.tag(Tags.RUNNER_ID).equals(runner.id().toString()));
    }
}
