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
 * The choices that EC2 has refused for a reason of their own. They are left out for 3 minutes while another is left; when
 * all of them were refused, the one that was refused longest ago is tried, so that a job learns that there is capacity
 * again. Those of which EC2 did not tell what became of a launch are tried, but for 3 minutes after all others.
 */
@Singleton
public class UnavailableOfferings {

    private static final Duration REMEMBERED = Duration.ofMinutes(3);

    private final InstantSource clock;
    private final Map<Offering, Instant> refused = new ConcurrentHashMap<>();
    private final Map<Offering, Instant> doubted = new ConcurrentHashMap<>();

    public UnavailableOfferings(InstantSource clock) {
        this.clock = clock;
    }

    /** Remembers a refusal. */
    void add(Offering offering) {
        refused.put(offering, clock.instant());
    }

    /** Remembers a launch of which it is not known what became of it. */
    void doubt(Offering offering) {
        doubted.put(offering, clock.instant());
    }

    /** All of the choices in the same order, but for those that are in doubt, which come last. */
    List<Offering> doubtedLast(List<Offering> offerings) {
        var since = clock.instant().minus(REMEMBERED);
        doubted.values().removeIf(at -> at.isBefore(since));
        return offerings.stream()
                .sorted(Comparator.comparing(doubted::containsKey))
                .toList();
    }

    /** Those of the choices that are worth a try; never empty. */
    List<Offering> worthTrying(List<Offering> offerings) {
        var since = clock.instant().minus(REMEMBERED);
        refused.values().removeIf(at -> at.isBefore(since));
        var left = doubtedLast(offerings).stream()
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
