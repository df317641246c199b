package io.mayfly.fleet;

import io.mayfly.config.Settings;
import io.mayfly.ec2.Ec2Error;
import io.mayfly.ec2.Instances;
import io.mayfly.ec2.LaunchErrorHint;
import io.mayfly.ec2.LaunchRequest;
import io.mayfly.ec2.LaunchResult;
import io.mayfly.ec2.Offering;
import io.mayfly.github.RunnerName;
import io.mayfly.outcome.ConfigurationException;
import io.mayfly.outcome.Outcome;
import io.mayfly.outcome.Outcome.Cause;
import io.mayfly.time.Deadline;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Launches an instance, by one offering after the other. */
@Singleton
class InstanceLaunch {

    static final Outcome THROTTLED =
            new Outcome.Deferred(Cause.THROTTLED, "EC2 throttles launches", LaunchBackoff.HELD_BACK);

    private static final Logger LOG = Logger.getLogger(InstanceLaunch.class);
    private static final Duration WORTH_A_TRY = Duration.ofMillis(200);
    private static final Duration WORTH_A_REPETITION = Duration.ofSeconds(1);
    private static final Duration NEXT_SWEEP = Duration.ofSeconds(60);

    private final TicketAuthority tickets;
    private final Settings settings;
    private final Instances instances;
    private final PoolOccupancy occupancy;
    private final UnavailableOfferings unavailableOfferings;
    private final LaunchBackoff backoff;

    InstanceLaunch(
            TicketAuthority tickets,
            Settings settings,
            Instances instances,
            PoolOccupancy occupancy,
            UnavailableOfferings unavailableOfferings,
            LaunchBackoff backoff) {
        this.tickets = tickets;
        this.settings = settings;
        this.instances = instances;
        this.occupancy = occupancy;
        this.unavailableOfferings = unavailableOfferings;
        this.backoff = backoff;
    }

    /** Whether EC2 has throttled just now. */
    boolean isHeldBack() {
        return backoff.isClosed();
    }

    Outcome launch(Launch launch, Deadline deadline) {
        var request = launch.request(tickets.issue(launch.ticket()), settings.url());
        var lastCode = "";
        @Nullable ConfigurationException mend = null;
        var mayBeTime = false;
        for (var offering : offerings(launch)) {
            if (!deadline.allows(WORTH_A_TRY)) {
                return new Outcome.Deferred(Cause.UNAVAILABLE, "out of time", NEXT_SWEEP);
            }
            switch (launch(request, offering, deadline)) {
                case LaunchResult.Launched launched -> {
                    return launched(launch, offering, launched.instanceId());
                }
                case LaunchResult.LaunchedBefore before -> {
                    return before.ended()
                            ? new Outcome.HandedOver("an instance was launched before and has ended since")
                            : new Outcome.AlreadyLaunched(null);
                }
                case LaunchResult.Unanswered unanswered -> {
                    // It may run, and another choice would be a second instance. The next launch begins elsewhere: a
                    // fault of this choice alone would meet each one.
                    unavailableOfferings.doubt(offering);
                    LOG.warnf(
                            "launch unanswered job=%d choice=%s why=%s",
                            launch.job().id(), offering, unanswered.why());
                    return new Outcome.Deferred(Cause.UNAVAILABLE, unanswered.why(), NEXT_SWEEP);
                }
                case LaunchResult.Refused refused -> {
                    lastCode = refused.code();
                    if (!refused.kind().nextChoiceMayHelp()) {
                        return giveUp(launch, request, offering, refused);
                    }
                    unavailableOfferings.add(offering);
                    if (refused.kind() == Ec2Error.UNSUITABLE) {
                        warn(launch, offering, refused);
                        mend = LaunchErrorHint.exception(refused, launch.pool().name(), request, offering);
                    } else {
                        LOG.infof(
                                "choice refused job=%d choice=%s code=%s",
                                launch.job().id(), offering, lastCode);
                        mayBeTime = true;
                    }
                }
            }
        }
        if (mend != null && !mayBeTime) {
            throw mend;
        }
        return new Outcome.Deferred(
                Cause.CAPACITY,
                "no capacity in the choices of pool " + launch.pool().name() + ", the last said " + lastCode,
                NEXT_SWEEP);
    }

    /** A call that had no answer is repeated once with the same token: EC2 launches for it only once. */
    private LaunchResult launch(LaunchRequest request, Offering offering, Deadline deadline) {
        var first = instances.launch(request, offering, deadline);
        if (!(first instanceof LaunchResult.Unanswered) || !deadline.allows(WORTH_A_REPETITION)) {
            return first;
        }
        var second = instances.launch(request, offering, deadline);
        // To be throttled does not tell what became of the first: EC2 throttles before it looks at the token.
        return second instanceof LaunchResult.Refused refused && refused.kind() == Ec2Error.THROTTLED ? first : second;
    }

    private List<Offering> offerings(Launch launch) {
        var all = launch.pool().offerings();
        return launch.thoroughly() ? unavailableOfferings.doubtedLast(all) : unavailableOfferings.worthTrying(all);
    }

    private Outcome launched(Launch launch, Offering offering, String instanceId) {
        occupancy.launched(launch.pool(), launch.job().id(), instanceId);
        LOG.infof(
                "launched instance=%s job=%d pool=%s type=%s subnet=%s market=%s",
                instanceId,
                launch.job().id(),
                launch.pool().name(),
                offering.instanceType(),
                offering.subnet(),
                offering.capacityType());
        return new Outcome.Launched(
                instanceId,
                RunnerName.of(launch.deployment(), instanceId),
                launch.pool().name());
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
                "launch refused job=%d choice=%s code=%s message=%s request=%s",
                launch.job().id(), offering, refused.code(), refused.message(), refused.requestId());
    }
}
