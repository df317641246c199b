package io.mayfly.chaos;

import io.mayfly.chaos.Violation.Promise;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/** Whether a launch that one zone refuses is tried in another, when there is time for it. */
final class ZonePromises {

    /** Codes that say of a zone, and not of the account or the request, that it can't. */
    static final List<String> CODES = List.of(
            "InsufficientVolumeCapacity",
            "InsufficientInstanceCapacity",
            "InsufficientFreeAddressesInSubnet",
            "VolumeTypeNotAvailableInZone",
            "InvalidSubnetID.NotFound");

    /** How long a choice that was refused may be left out. */
    private static final Duration LEFT_OUT = Duration.ofMinutes(4);

    private static final Duration WEBHOOK_HAS_TIME = Duration.ofSeconds(4);
    private static final Duration SWEEP_HAS_TIME = Duration.ofSeconds(30);

    private final World world;
    private final Violations violations;
    private Instant refusedElsewhere = Instant.MIN;

    ZonePromises(World world, Violations violations) {
        this.world = world;
        this.violations = violations;
    }

    /** EC2 has refused a launch in a subnet. */
    void refused(Invocation.Attempt attempt, String subnet, String code) {
        attempt.shortOfSome = false;
        attempt.subnets.add(subnet);
        if (!subnet.equals(Weather.SICK_SUBNET) || !CODES.contains(code)) {
            refusedElsewhere = world.time().instant();
        }
    }

    /** EC2 has launched some of so many, which only the spot market does here: on demand there is room. */
    void launched(Invocation.Attempt attempt, int some, int of) {
        attempt.shortOfSome = some < of;
    }

    /** An invocation has been answered in which nothing failed. */
    void answered(Invocation invocation) {
        var now = world.time().instant();
        var hasTime = now.isBefore(invocation.began().plus(invocation.isSweep() ? SWEEP_HAS_TIME : WEBHOOK_HAS_TIME));
        if (!hasTime || invocation.hadALaunchFailByWeather()) {
            return;
        }
        var othersAreLeftOut = refusedElsewhere.plus(LEFT_OUT).isAfter(now);
        invocation.attempts().forEach((job, attempt) -> {
            if (attempt.shortOfSome) {
                violations.add(
                        Promise.ANOTHER_ZONE_IS_TRIED,
                        invocation.name() + " asked no other choice for the rest of the batch of job " + job,
                        List.of(invocation.name(), Long.toString(job)));
            }
            if (!othersAreLeftOut
                    && attempt.refused
                    && !attempt.launched
                    && attempt.subnets.equals(Set.of(Weather.SICK_SUBNET))) {
                violations.add(
                        Promise.ANOTHER_ZONE_IS_TRIED,
                        invocation.name() + " tried no other subnet for job " + job,
                        List.of(invocation.name(), Long.toString(job)));
            }
        });
    }
}
