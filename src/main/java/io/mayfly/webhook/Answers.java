package io.mayfly.webhook;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mayfly.outcome.Failure;
import io.mayfly.outcome.Failure.Rejection;
import io.mayfly.outcome.Outcome;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.jboss.logging.Logger;

/** The answers to GitHub, which show in the app's delivery log. */
@Singleton
class Answers {

    private static final Logger LOG = Logger.getLogger(Answers.class);

    private final ObjectMapper mapper;

    Answers(ObjectMapper mapper) {
        this.mapper = mapper;
    }

    /**
     * The answer to an outcome. What has to be known of it elsewhere stands in the log.
     *
     * @param request by which the log of an unexpected failure is found
     */
    Response of(Outcome outcome, String request) {
        return switch (outcome) {
            case Outcome.Launched launched ->
                answer(
                        201,
                        body("launched")
                                .put("instanceId", launched.instanceId())
                                .put("runner", launched.runner())
                                .put("pool", launched.pool()));
            case Outcome.AlreadyLaunched already -> {
                LOG.infof("already launched instance=%s", already.instanceId());
                yield answer(200, body("already-launched").put("instanceId", already.instanceId()));
            }
            case Outcome.HandedOver handedOver -> {
                LOG.infof("handed over to=sweep why=%s", handedOver.reason());
                yield answer(202, body("handed-over").put("to", "sweep").put("reason", handedOver.reason()));
            }
            case Outcome.Enqueued enqueued -> {
                LOG.infof("handed over to=queue pool=%s", enqueued.pool());
                yield answer(202, body("handed-over").put("to", "queue"));
            }
            case Outcome.Withdrawn withdrawn -> {
                var body = body("withdrawn");
                withdrawn.instanceIds().forEach(body.putArray("instanceIds")::add);
                yield answer(200, body);
            }
            case Outcome.Terminated terminated -> {
                var body = body("terminated");
                terminated.instanceIds().forEach(body.putArray("instanceIds")::add);
                yield answer(200, body);
            }
            case Outcome.Ignored ignored -> {
                LOG.debugf("ignored why=%s", ignored.reason());
                yield answer(200, body("ignored").put("reason", ignored.reason().toString()));
            }
            case Failure failure -> failed(failure, request);
        };
    }

    private Response failed(Failure failure, String request) {
        return switch (failure) {
            case Failure.Rejected rejected -> {
                if (rejected.why() == Rejection.WRONGLY_SIGNED) {
                    LOG.warn(rejected.message());
                }
                yield error(status(rejected.why()), rejected.message());
            }
            case Failure.BadEvent bad -> {
                LOG.warnf("event refused why=%s", bad.message());
                yield error(400, bad.message());
            }
            case Outcome.Deferred deferred -> {
                LOG.warnf("deferred why=%s", deferred.reason());
                yield Response.fromResponse(answer(503, body("deferred").put("reason", deferred.reason())))
                        .header("Retry-After", Math.max(1, deferred.retryAfter().toSeconds()))
                        .build();
            }
            case Failure.Misconfigured misconfigured -> {
                LOG.errorf("misconfigured %s", misconfigured.message());
                yield error(500, misconfigured.message());
            }
            case Failure.Unexpected unexpected -> {
                LOG.error("unexpected failure", unexpected.cause());
                yield error(500, "internal error, see the log of request " + request);
            }
        };
    }

    private static int status(Rejection why) {
        return switch (why) {
            case TOO_LARGE -> 413;
            case NOT_SIGNED -> 400;
            case WRONGLY_SIGNED -> 401;
        };
    }

    private Response error(int status, String message) {
        return answer(status, mapper.createObjectNode().put("error", message));
    }

    private ObjectNode body(String outcome) {
        return mapper.createObjectNode().put("outcome", outcome);
    }

    private static Response answer(int status, ObjectNode body) {
        return Response.status(status)
                .type(MediaType.APPLICATION_JSON_TYPE)
                .entity(body.toString())
                .build();
    }
}
