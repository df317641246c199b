package io.mayfly.claim;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mayfly.outcome.Failure;
import io.mayfly.outcome.Outcome;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.time.InstantSource;
import java.util.SplittableRandom;
import org.jboss.logging.Logger;

/** The answers to instances, which print them on their consoles. */
@Singleton
class ClaimAnswers {

    private static final Logger LOG = Logger.getLogger(ClaimAnswers.class);

    /** What is down is asked again soon; only GitHub says itself how long it takes nothing. */
    private static final Duration SOON = Duration.ofSeconds(5);

    /** In seconds; what GitHub registers in a minute is lost while nobody asks. */
    private static final long MOST_APART = 10;

    private final ObjectMapper mapper;
    private final SplittableRandom random;

    ClaimAnswers(ObjectMapper mapper, InstantSource clock) {
        this.mapper = mapper;
        this.random = new SplittableRandom(clock.millis());
    }

    /** @param request by which the log of an unexpected failure is found */
    Response of(ClaimOutcome outcome, String request) {
        return switch (outcome) {
            case ClaimOutcome.Granted granted ->
                answer(
                        200,
                        mapper.createObjectNode()
                                .put("runner", granted.runner())
                                .put("jit", granted.jitConfig()));
            case ClaimOutcome.Refused refused -> {
                if (!refused.why().isToStranger()) {
                    LOG.warnf("claim refused why=%s", refused.message());
                }
                yield error(refused.why().status(), refused.message());
            }
            case ClaimOutcome.Failed failed -> failed(failed.failure(), request);
        };
    }

    private Response failed(Failure failure, String request) {
        return switch (failure) {
            case Outcome.Deferred deferred -> {
                LOG.warnf("claim deferred why=%s", deferred.reason());
                yield Response.fromResponse(error(503, deferred.reason()))
                        .header("Retry-After", retryAfter(deferred))
                        .build();
            }
            case Failure.Misconfigured misconfigured -> {
                LOG.errorf("misconfigured %s", misconfigured.message());
                yield error(500, misconfigured.message());
            }
            case Failure.Unexpected unexpected -> unexpected(unexpected.cause(), request);
            case Failure.Rejected rejected -> unexpected(new IllegalStateException(rejected.message()), request);
            case Failure.BadEvent bad -> unexpected(new IllegalStateException(bad.message()), request);
        };
    }

    private Response unexpected(Throwable cause, String request) {
        LOG.error("unexpected failure", cause);
        return error(500, "internal error, see the log of request " + request);
    }

    /** In seconds, up to half as long again, or 11 s: those that were refused together shall not come back together. */
    private synchronized long retryAfter(Outcome.Deferred deferred) {
        var wait = deferred.retryAfter();
        if (deferred.cause() != Outcome.Cause.RATE_LIMITED && wait.compareTo(SOON) > 0) {
            wait = SOON;
        }
        var seconds = Math.max(1, wait.toSeconds());
        return seconds + random.nextLong(Math.min(seconds / 2, MOST_APART) + 2);
    }

    private Response error(int status, String message) {
        return answer(status, mapper.createObjectNode().put("error", message));
    }

    private static Response answer(int status, ObjectNode body) {
        return Response.status(status)
                .type(MediaType.APPLICATION_JSON_TYPE)
                .entity(body.toString())
                .build();
    }
}
