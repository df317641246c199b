package io.mayfly.playground.wire;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;

/** A time that passes only when told. */
public final class ManualClock implements InstantSource {

    private final AtomicReference<Instant> now;

    public ManualClock(Instant start) {
        now = new AtomicReference<>(start);
    }

    public void advance(Duration time) {
        now.updateAndGet(instant -> instant.plus(time));
    }

    /** Lets the time pass until then, where it has not. */
    public void passUntil(Instant end) {
        now.updateAndGet(instant -> instant.isBefore(end) ? end : instant);
    }

    @Override
    public Instant instant() {
        return now.get();
    }
}
