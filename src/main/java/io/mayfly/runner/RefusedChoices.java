package io.mayfly.runner;

import io.mayfly.ec2.Choice;
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
public class RefusedChoices {

    private static final Duration REMEMBERED = Duration.ofMinutes(3);

    private final InstantSource clock;
    private final Map<Choice, Instant> refused = new ConcurrentHashMap<>();

    public RefusedChoices(InstantSource clock) {
        this.clock = clock;
    }

    /** Remembers a refusal. */
    void add(Choice choice) {
        refused.put(choice, clock.instant());
    }

    /** Those of the choices that are worth a try, in the same order; never empty. */
    List<Choice> worthTrying(List<Choice> choices) {
        var since = clock.instant().minus(REMEMBERED);
        refused.values().removeIf(at -> at.isBefore(since));
        var left =
                choices.stream().filter(choice -> !refused.containsKey(choice)).toList();
        if (!left.isEmpty()) {
            return left;
        }
        return List.of(choices.stream()
                .min(Comparator.comparing(choice -> refused.getOrDefault(choice, Instant.MIN)))
                .orElseThrow());
    }
}
