package io.mayfly.time;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Is so far behind that what it dates is old at once. */
public final class EarlyClock implements InstantSource {

    private static final Duration BEHIND = Duration.ofMinutes(2);

    private final InstantSource clock;

    EarlyClock(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public Instant instant() {
        return clock.instant().minus(BEHIND);
    }
}
