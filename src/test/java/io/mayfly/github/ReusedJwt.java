package io.mayfly.github;

import io.mayfly.config.Settings;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Signs once a minute: signing takes a fifth of a simulation's time, and shows nothing new. */
public final class ReusedJwt extends AppJwt {

    private static final Duration REUSED = Duration.ofMinutes(1);

    private final InstantSource clock;
    private String jwt = "";
    private Instant since = Instant.MIN;

    ReusedJwt(Settings settings, InstantSource clock) {
        super(settings, clock);
        this.clock = clock;
    }

    @Override
    synchronized String take() {
        if (since.equals(Instant.MIN) || !clock.instant().isBefore(since.plus(REUSED))) {
            jwt = super.take();
            since = clock.instant();
        }
        return jwt;
    }
}
