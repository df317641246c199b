package io.mayfly.fleet;

import io.mayfly.ec2.Ec2Error;
import io.mayfly.ec2.Instances;
import io.mayfly.ec2.LaunchErrorHint;
import io.mayfly.ec2.LaunchRequest;
import io.mayfly.ec2.LaunchResult;
import io.mayfly.ec2.Offering;
import io.mayfly.github.Registration;
import io.mayfly.github.Runners;
import io.mayfly.outcome.ConfigurationException;
import io.mayfly.outcome.Outcome;
import io.mayfly.outcome.Outcome.Cause;
import io.mayfly.outcome.UnavailableException;
import io.mayfly.time.Deadline;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Launches an instance with a registration, by one offering after the other. */
@Singleton
class InstanceLaunch {

    static final Outcome THROTTLED =
            new Outcome.Deferred(Cause.THROTTLED, "EC2 throttles launches", LaunchBackoff.HELD_BACK);

    private static final Logger LOG = Logger.getLogger(InstanceLaunch.class);
    private static final Duration WORTH_A_TRY = Duration.ofMillis(200);
    private static final Duration NEXT_SWEEP = Duration.ofSeconds(60);

    private final Runners runners;
    private final Instances instances;
    private final PoolOccupancy occupancy;
    private final UnavailableOfferings unavailableOfferings;
    private final LaunchBackoff backoff;

    InstanceLaunch(
            Runners runners,
            Instances instances,
            PoolOccupancy occupancy,
            UnavailableOfferings unavailableOfferings,
            LaunchBackoff backoff) {
        this.runners = runners;
        this.instances = instances;
        this.occupancy = occupancy;
        this.unavailableOfferings = unavailableOfferings;
        this.backoff = backoff;
    }

    /** Whether EC2 has throttled just now. */
    boolean isHeldBack() {
        return backoff.isClosed();
    }

    /** @param window in which an offering may be tried */
    Outcome launch(Launch launch, Registration.Registered registered, Deadline window, Deadline deadline) {
        var request = request(launch, registered, deadline);
        var lastCode = "";
        @Nullable ConfigurationException mend = null;
        var mayBeTime = false;
        for (var offering : offerings(launch)) {
            if (!window.allows(WORTH_A_TRY)) {
                deregister(launch, registered, deadline);
                return new Outcome.Deferred(Cause.UNAVAILABLE, "out of time", NEXT_SWEEP);
            }
            switch (instances.launch(request, offering, window)) {
                case LaunchResult.Launched launched -> {
                    return launched(launch, offering, launched.instanceId());
                }
                case LaunchResult.Unanswered unanswered -> {
                    // It may run: its configuration must stay valid, and no second instance may share it. The next
                    // launch
                    // begins elsewhere, for a fault of this choice alone would meet each one.
                    unavailableOfferings.doubt(offering);
                    LOG.warnf(
                            "launch unanswered runner=%s choice=%s why=%s",
                            launch.runner(), offering, unanswered.why());
                    return new Outcome.Deferred(Cause.UNAVAILABLE, unanswered.why(), NEXT_SWEEP);
                }
                case LaunchResult.Refused refused -> {
                    lastCode = refused.code();
                    if (!refused.kind().nextChoiceMayHelp()) {
                        deregister(launch, registered, deadline);
                        return giveUp(launch, request, offering, refused);
                    }
                    unavailableOfferings.add(offering);
                    if (refused.kind() == Ec2Error.UNSUITABLE) {
                        warn(launch, offering, refused);
                        mend = LaunchErrorHint.exception(refused, launch.pool().name(), request, offering);
                    } else {
                        LOG.infof("choice refused runner=%s choice=%s code=%s", launch.runner(), offering, lastCode);
                        mayBeTime = true;
                    }
                }
            }
        }
        deregister(launch, registered, deadline);
        if (mend != null && !mayBeTime) {
            throw mend;
        }
        return new Outcome.Deferred(
                Cause.CAPACITY,
                "no capacity in the choices of pool " + launch.pool().name() + ", the last said " + lastCode,
                NEXT_SWEEP);
    }

    private LaunchRequest request(Launch launch, Registration.Registered registered, Deadline deadline) {
        try {
            return launch.request(registered);
        } catch (RuntimeException e) {
            deregister(launch, registered, deadline);
            throw e;
        }
    }

    private List<Offering> offerings(Launch launch) {
        var all = launch.pool().offerings();
        return launch.thoroughly() ? unavailableOfferings.doubtedLast(all) : unavailableOfferings.worthTrying(all);
    }

    private Outcome launched(Launch launch, Offering offering, String instanceId) {
        occupancy.launched(launch.pool(), launch.runner(), instanceId);
        LOG.infof(
                "launched instance=%s runner=%s pool=%s type=%s subnet=%s market=%s",
                instanceId,
                launch.runner(),
                launch.pool().name(),
                offering.instanceType(),
                offering.subnet(),
                offering.capacityType());
        return new Outcome.Launched(instanceId, launch.runner(), launch.pool().name());
    }

    private Outcome giveUp(Launch launch, LaunchRequest request, Offering offering, LaunchResult.Refused refused) {
        warn(launch, offering, refused);
        if (refused.kind() == Ec2Error.THROTTLED) {
            backoff.close();
            return THROTTLED;
        }
        throw LaunchErrorHint.exception(refused, launch.pool().name(), request, offering);
    }

    private static void warn(Launch launch, Offering offering, LaunchResult.Refused refused) {
        LOG.warnf(
                "launch refused runner=%s choice=%s code=%s message=%s request=%s",
                launch.runner(), offering, refused.code(), refused.message(), refused.requestId());
    }

    /** After an answered refusal nothing runs with this configuration. What can't be deleted now, the sweep deletes. */
    private void deregister(Launch launch, Registration.Registered registered, Deadline deadline) {
        try {
            runners.deregister(launch.at(), registered.runner(), deadline);
        } catch (UnavailableException | ConfigurationException e) {
            LOG.warnf("registration left behind runner=%s why=%s", launch.runner(), e.getMessage());
        }
    }
}
