package io.mayfly.outcome;

import java.time.Duration;

/** A service that we depend on can't do it now. The job is not lost: the next delivery or the sweep finds it. */
public class UnavailableException extends RuntimeException {

    private static final Duration NEXT_SWEEP = Duration.ofSeconds(60);

    private final Duration retryAfter;

    /** To be tried again by the next sweep, a minute from now. */
    public UnavailableException(String reason) {
        this(reason, NEXT_SWEEP);
    }

    /** To be tried again after the time that the service itself gave. */
    public UnavailableException(String reason, Duration retryAfter) {
        super(reason);
        this.retryAfter = retryAfter;
    }

    /** How long to wait before another try. */
    public Duration retryAfter() {
        return retryAfter;
    }
}
