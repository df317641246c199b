package io.mayfly.github;

import io.mayfly.outcome.Outcome.Cause;
import io.mayfly.outcome.UnavailableException;
import java.time.Duration;

/** GitHub's primary or secondary rate limit has refused a call. To go on calling makes it worse. */
public final class RateLimitedException extends UnavailableException {

    RateLimitedException(String reason, Duration retryAfter) {
        super(Cause.RATE_LIMITED, reason, retryAfter);
    }
}
