package io.mayfly.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import io.mayfly.invocation.LambdaInvocation;
import jakarta.annotation.Priority;
import jakarta.decorator.Decorator;
import jakarta.decorator.Delegate;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * In the place of lambda-http's handler, which turns every failure into a successful invocation. Here an event that is neither
 * HTTP-shaped nor of our queue, and any 5xx of an invocation that did not come through the function URL, fail the invocation.
 */
@Decorator
@Priority(1)
class FunctionHandler implements RequestHandler<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> {

    private final Routes routes;

    /** A decorator has to ask for what it decorates; this one has no use for it. */
    @Inject
    @SuppressWarnings("UnusedVariable")
    FunctionHandler(@Delegate RequestHandler<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> handler, Routes routes) {
        this.routes = routes;
    }

    @Override
    public APIGatewayV2HTTPResponse handleRequest(APIGatewayV2HTTPEvent event, Context context) {
        if (!isHttp(event)) {
            return notHttp(event, context);
        }
        byte[] body;
        try {
            body = body(event);
        } catch (IllegalArgumentException e) {
            return Routes.error(400);
        }
        var answer = routes.answer(event, body, context);
        if (answer.getStatusCode() >= 500 && !LambdaInvocation.cameThroughFunctionUrl(event)) {
            throw new FunctionErrorException(event.getRawPath() + " was answered " + answer.getStatusCode());
        }
        return answer;
    }

    private APIGatewayV2HTTPResponse notHttp(APIGatewayV2HTTPEvent event, Context context) {
        if (event instanceof LambdaEvent whole && whole.records() != null) {
            return routes.consume(whole.records(), event, context);
        }
        throw new FunctionErrorException("the event is not HTTP-shaped");
    }

    private static boolean isHttp(APIGatewayV2HTTPEvent event) {
        return event.getRawPath() != null
                && event.getRequestContext() != null
                && event.getRequestContext().getHttp() != null
                && event.getRequestContext().getHttp().getMethod() != null;
    }

    private static byte[] body(APIGatewayV2HTTPEvent event) {
        var body = event.getBody() == null ? "" : event.getBody();
        return event.getIsBase64Encoded() ? Base64.getDecoder().decode(body) : body.getBytes(StandardCharsets.UTF_8);
    }
}
