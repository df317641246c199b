package io.mayfly.fleet;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * Holds back launches for 5 s after EC2 has throttled one. RunInstances refills at 2 a second for the whole account; what is
 * held back here the sweep launches.
 */
@Singleton
public class LaunchBackoff {

    static final Duration HELD_BACK = Duration.ofSeconds(5);

    private final InstantSource clock;
    private volatile Instant until = Instant.MIN;

    public LaunchBackoff(InstantSource clock) {
        this.clock = clock;
    }

    /** EC2 has throttled a launch. */
    void close() {
        until = clock.instant().plus(HELD_BACK);
    }

    /** Whether launches are held back now. */
    boolean isClosed() {
        return clock.instant().isBefore(until);
    }
}
