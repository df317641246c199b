package io.mayfly.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import io.mayfly.sweep.SweepResource;
import io.mayfly.webhook.WebhookResource;
import jakarta.inject.Singleton;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import java.util.HashMap;
import java.util.Map;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Calls the resources of the two routes on the invocation's own thread. Lambda-http would hand the event to Vert.x through
 * a connection within the process, and wait for the answer on it: half of the processor's time of a small answer, and once
 * in some hundred thousand events the event loop misses that something was sent, and the invocation hangs until its time is
 * out. All other routes and methods go that way, which ends in a 404 or 405.
 */
@Singleton
class DirectRoutes {

    private static final Logger LOG = Logger.getLogger(DirectRoutes.class);

    private final WebhookResource webhook;
    private final SweepResource sweep;

    DirectRoutes(WebhookResource webhook, SweepResource sweep) {
        this.webhook = webhook;
        this.sweep = sweep;
    }

    /**
     * The answer; null where the route is none of the two.
     *
     * @param body the event's, decoded
     */
    @Nullable
    APIGatewayV2HTTPResponse answer(APIGatewayV2HTTPEvent event, byte[] body, Context context) {
        if (!event.getRequestContext().getHttp().getMethod().equals("POST")) {
            return null;
        }
        return switch (event.getRawPath()) {
            case "/webhook" -> answer(() -> webhook.receive(body, event, context));
            case "/internal/sweep" -> answer(() -> sweep.sweep(event, context));
            default -> null;
        };
    }

    private interface Call {
        Response make();
    }

    private static APIGatewayV2HTTPResponse answer(Call call) {
        try (var response = call.make()) {
            return answer(response);
        } catch (WebApplicationException e) {
            return answer(e.getResponse());
        } catch (RuntimeException e) {
            LOG.error("unexpected failure", e);
            return new APIGatewayV2HTTPResponse(500, null, null, null, null, false);
        }
    }

    private static APIGatewayV2HTTPResponse answer(Response response) {
        Map<String, String> headers = new HashMap<>();
        response.getHeaders().forEach((name, values) -> headers.put(name, String.valueOf(values.getFirst())));
        var entity = response.getEntity();
        return new APIGatewayV2HTTPResponse(
                response.getStatus(), headers, null, null, entity == null ? null : entity.toString(), false);
    }
}
