package io.mayfly.github;

import io.mayfly.outcome.Excerpt;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Until when GitHub takes no calls, of the app itself and of each installation: it counts them apart. To go on calling
 * makes it worse, so nothing is sent before.
 */
@Singleton
class RateLimits {

    private final InstantSource clock;
    private final Map<Caller, Instant> until = new ConcurrentHashMap<>();

    RateLimits(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * Does nothing where calls are taken.
     *
     * @throws RateLimitedException else
     */
    void check(Caller caller, String call) {
        var end = until.get(caller);
        if (end == null) {
            return;
        }
        var wait = Duration.between(clock.instant(), end);
        if (wait.isPositive()) {
            throw new RateLimitedException(
                    "GitHub's rate limit is spent, " + Excerpt.of(call, 200) + " was not sent", wait);
        }
        until.remove(caller, end);
    }

    /** Remembers that GitHub takes none for a while, which {@link RateLimit} has bounded. */
    void spent(Caller caller, Duration wait) {
        until.put(caller, clock.instant().plus(wait));
    }
}
