package io.mayfly.time;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Is so far behind that nothing is old. */
public final class ClockOfYesterday implements InstantSource {

    private static final Duration BEHIND = Duration.ofDays(1);

    private final InstantSource clock;

    ClockOfYesterday(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public Instant instant() {
        return clock.instant().minus(BEHIND);
    }
}
