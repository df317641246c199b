package io.mayfly.playground.aws;

import java.time.Duration;
import java.time.Instant;

/** A token bucket: so many calls at once, so many more each second. */
final class ThrottleBucket {

    private final int capacity;
    private final double perSecond;
    private double tokens;
    private Instant filledAt;

    ThrottleBucket(int capacity, double perSecond, Instant now) {
        this.capacity = capacity;
        this.perSecond = perSecond;
        this.tokens = capacity;
        this.filledAt = now;
    }

    synchronized boolean take(int number, Instant now) {
        double seconds = Duration.between(filledAt, now).toNanos() / 1e9;
        tokens = Math.min(capacity, tokens + Math.max(0, seconds) * perSecond);
        filledAt = now;
        if (tokens < number) {
            return false;
        }
        tokens -= number;
        return true;
    }
}
