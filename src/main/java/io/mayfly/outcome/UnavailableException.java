package io.mayfly.outcome;

import io.mayfly.outcome.Outcome.Cause;
import java.time.Duration;

/** A service that we depend on can't do it now. The job is not lost: the next delivery or the sweep finds it. */
public class UnavailableException extends RuntimeException {

    /** When the sweep tries again what has failed. */
    protected static final Duration NEXT_SWEEP = Duration.ofSeconds(60);

    private final Cause why;
    private final Duration retryAfter;

    /** To be tried again by the next sweep, a minute from now. */
    public UnavailableException(String reason) {
        this(reason, NEXT_SWEEP);
    }

    /** To be tried again after the time that the service itself gave. */
    public UnavailableException(String reason, Duration retryAfter) {
        this(Cause.UNAVAILABLE, reason, retryAfter);
    }

    /** For what is to be told apart from a service that does not answer. */
    protected UnavailableException(Cause why, String reason, Duration retryAfter) {
        super(reason);
        this.why = why;
        this.retryAfter = retryAfter;
    }

    /** What stands in the way. */
    public Cause why() {
        return why;
    }

    /** How long to wait before another try. */
    public Duration retryAfter() {
        return retryAfter;
    }
}
