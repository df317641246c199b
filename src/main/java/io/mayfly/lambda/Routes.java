package io.mayfly.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.fasterxml.jackson.databind.JsonNode;
import io.mayfly.claim.ClaimResource;
import io.mayfly.queue.QueueConsumer;
import io.mayfly.sweep.SweepResource;
import io.mayfly.webhook.WebhookResource;
import jakarta.inject.Singleton;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import java.util.HashMap;
import java.util.Map;
import org.jboss.logging.Logger;

/**
 * Calls the resources of the routes on the invocation's own thread. Lambda-http would hand the event to Vert.x through
 * a connection within the process, and wait for the answer on it: half of the processor's time of a small answer, and once
 * in some hundred thousand events the event loop misses that something was sent, and the invocation hangs until its time is
 * out. No event goes that way, and the native binary does not have it.
 */
@Singleton
class Routes {

    private static final Logger LOG = Logger.getLogger(Routes.class);

    private final WebhookResource webhook;
    private final ClaimResource claim;
    private final SweepResource sweep;
    private final QueueConsumer queue;

    Routes(WebhookResource webhook, ClaimResource claim, SweepResource sweep, QueueConsumer queue) {
        this.webhook = webhook;
        this.claim = claim;
        this.sweep = sweep;
        this.queue = queue;
    }

    /**
     * The answer; 404 where the route is none of them, 405 where the method is not theirs.
     *
     * @param body the event's, decoded
     */
    APIGatewayV2HTTPResponse answer(APIGatewayV2HTTPEvent event, byte[] body, Context context) {
        return switch (event.getRawPath()) {
            case "/webhook", "/webhook/" -> post(event, () -> webhook.receive(body, event, context));
            case "/claim", "/claim/" -> post(event, () -> claim.receive(body, event, context));
            case "/internal/sweep", "/internal/sweep/" -> post(event, () -> sweep.sweep(event, context));
            default -> error(404);
        };
    }

    /**
     * Has the records of an event source consumed; nobody reads the answer.
     *
     * @throws FunctionErrorException where they are not our queue's, or something went wrong
     */
    APIGatewayV2HTTPResponse consume(JsonNode records, APIGatewayV2HTTPEvent event, Context context) {
        return switch (queue.consume(records, event, context)) {
            case CONSUMED -> new APIGatewayV2HTTPResponse(200, Map.of(), null, null, "{}", false);
            case REFUSED -> throw new FunctionErrorException("the event is neither HTTP-shaped nor of our queue");
            case FAILED -> throw new FunctionErrorException("the queue's messages were not consumed");
        };
    }

    private static APIGatewayV2HTTPResponse post(APIGatewayV2HTTPEvent event, Call call) {
        return event.getRequestContext().getHttp().getMethod().equals("POST") ? answer(call) : error(405);
    }

    private interface Call {
        Response make();
    }

    private static APIGatewayV2HTTPResponse answer(Call call) {
        try (var response = call.make()) {
            return answer(response);
        } catch (WebApplicationException e) {
            return error(e.getResponse().getStatus());
        } catch (RuntimeException e) {
            LOG.error("unexpected failure", e);
            return error(500);
        }
    }

    /** An answer that none of the resources gives, in JSON like all others. */
    static APIGatewayV2HTTPResponse error(int status) {
        var message = switch (status) {
            case 404 -> "no such route";
            case 405 -> "method not allowed";
            default -> status >= 500 ? "internal error" : "bad request";
        };
        return new APIGatewayV2HTTPResponse(
                status,
                Map.of("Content-Type", "application/json"),
                null,
                null,
                "{\"error\":\"" + message + "\"}",
                false);
    }

    private static APIGatewayV2HTTPResponse answer(Response response) {
        Map<String, String> headers = new HashMap<>();
        response.getHeaders().forEach((name, values) -> headers.put(name, String.valueOf(values.getFirst())));
        var entity = response.getEntity();
        return new APIGatewayV2HTTPResponse(
                response.getStatus(), headers, null, null, entity == null ? null : entity.toString(), false);
    }
}
