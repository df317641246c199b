package io.mayfly.fleet;

import io.mayfly.ec2.Offering;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The choices that EC2 has refused for want of capacity or quota. They are left out for 3 minutes while another is
 * left; when all of them were refused, the one that was refused longest ago is tried, so that a job learns that there is
 * capacity again.
 */
@Singleton
public class UnavailableOfferings {

    private static final Duration REMEMBERED = Duration.ofMinutes(3);

    private final InstantSource clock;
    private final Map<Offering, Instant> refused = new ConcurrentHashMap<>();

    public UnavailableOfferings(InstantSource clock) {
        this.clock = clock;
    }

    /** Remembers a refusal. */
    void add(Offering offering) {
        refused.put(offering, clock.instant());
    }

    /** Those of the choices that are worth a try, in the same order; never empty. */
    List<Offering> worthTrying(List<Offering> offerings) {
        var since = clock.instant().minus(REMEMBERED);
        refused.values().removeIf(at -> at.isBefore(since));
        var left = offerings.stream()
                .filter(offering -> !refused.containsKey(offering))
                .toList();
        if (!left.isEmpty()) {
            return left;
        }
        return List.of(offerings.stream()
                .min(Comparator.comparing(offering -> refused.getOrDefault(offering, Instant.MIN)))
                .orElseThrow());
    }
}
