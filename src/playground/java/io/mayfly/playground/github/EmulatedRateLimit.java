package io.mayfly.playground.github;

import io.mayfly.playground.wire.ServerResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/** The primary rate limit: calls in an hour. It is counted always, and enforced as GitHub does. */
public final class EmulatedRateLimit {

    private static final Duration WINDOW = Duration.ofHours(1);

    private final InstantSource clock;
    private int limit = 5000;
    private int used;
    private Instant reset;

    EmulatedRateLimit(InstantSource clock) {
        this.clock = clock;
        this.reset = clock.instant().plus(WINDOW);
    }

    public synchronized void limit(int value) {
        limit = value;
    }

    /** Leaves so many calls until the window ends. */
    public synchronized void remaining(int value) {
        used = limit - value;
    }

    synchronized void count() {
        roll();
        if (used >= limit) {
            throw new GitHubError(403, "API rate limit exceeded for installation.");
        }
        used++;
    }

    private synchronized Map<String, String> headers() {
        roll();
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("X-RateLimit-Limit", String.valueOf(limit));
        headers.put("X-RateLimit-Remaining", String.valueOf(limit - used));
        headers.put("X-RateLimit-Used", String.valueOf(used));
        headers.put("X-RateLimit-Reset", String.valueOf(reset.getEpochSecond()));
        headers.put("X-RateLimit-Resource", "core");
        return headers;
    }

    /** An answer with the headers that say what is left. */
    ServerResponse shownIn(ServerResponse response) {
        ServerResponse complete = response;
        for (Map.Entry<String, String> header : headers().entrySet()) {
            complete = complete.withDefault(header.getKey(), header.getValue());
        }
        return complete;
    }

    synchronized Map<String, Object> json() {
        roll();
        return Map.of("limit", limit, "used", used, "remaining", limit - used, "reset", reset.getEpochSecond());
    }

    private void roll() {
        if (!clock.instant().isBefore(reset)) {
            reset = clock.instant().plus(WINDOW);
            used = 0;
        }
    }
}
