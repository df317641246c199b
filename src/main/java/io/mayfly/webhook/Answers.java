package io.mayfly.webhook;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
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

    Response outcome(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Launched launched ->
                answer(
                        201,
                        body("launched")
                                .put("instanceId", launched.instanceId())
                                .put("runner", launched.runner())
                                .put("pool", launched.pool()));
            case Outcome.AlreadyLaunched already -> {
                LOG.infof("already launched instance=%s runner=%s", already.instanceId(), already.runner());
                yield answer(
                        200,
                        body("already-launched")
                                .put("instanceId", already.instanceId())
                                .put("runner", already.runner()));
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
            case Outcome.Deferred deferred -> {
                LOG.warnf("deferred why=%s", deferred.reason());
                yield Response.fromResponse(answer(503, body("deferred").put("reason", deferred.reason())))
                        .header("Retry-After", Math.max(1, deferred.retryAfter().toSeconds()))
                        .build();
            }
        };
    }

    Response error(int status, String message) {
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
