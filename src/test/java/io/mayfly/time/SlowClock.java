package io.mayfly.time;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Is so far behind that an old message looks young. */
public final class SlowClock implements InstantSource {

    private static final Duration BEHIND = Duration.ofSeconds(40);

    private final InstantSource clock;

    SlowClock(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public Instant instant() {
        return clock.instant().minus(BEHIND);
    }
}
