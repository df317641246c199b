package io.mayfly.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.fasterxml.jackson.databind.ObjectReader;
import io.mayfly.claim.ClaimResource;
import io.mayfly.fuzz.Application;
import io.mayfly.fuzz.Input;
import io.mayfly.queue.QueueConsumer;
import io.mayfly.sweep.SweepResource;
import io.mayfly.webhook.WebhookResource;
import java.io.IOException;
import java.lang.reflect.Proxy;

/**
 * An event of Lambda with anything in it, from its JSON through the edge to the webhook's answer, signed or not: a JSON
 * answer, or a function error where the event is not HTTP-shaped. Without a signature nothing is sent anywhere.
 */
public final class FunctionEventFuzz {

    private static final ObjectReader READER = FunctionEntry.MAPPER.readerFor(APIGatewayV2HTTPEvent.class);

    private static final Context CONTEXT = (Context) Proxy.newProxyInstance(
            Context.class.getClassLoader(),
            new Class<?>[] {Context.class},
            (proxy, method, arguments) -> method.getName().equals("getAwsRequestId") ? "request" : null);

    private FunctionEventFuzz() {}

    public static void fuzzerInitialize() {
        Application.warmUp();
    }

    /** Parts: the event, answers of GitHub and EC2. */
    public static void fuzzerTestOneInput(byte[] bytes) {
        var input = new Input(bytes);
        APIGatewayV2HTTPEvent event;
        try {
            event = READER.readValue(input.bytes(0));
        } catch (IOException e) {
            return;
        }
        if (event == null) {
            return;
        }
        var application = Application.answered(input, 1);
        APIGatewayV2HTTPResponse answer;
        try {
            var routes = new Routes(
                    application.bean(WebhookResource.class),
                    application.bean(ClaimResource.class),
                    application.bean(SweepResource.class),
                    application.bean(QueueConsumer.class));
            answer = FunctionEntry.handler(routes).handleRequest(event, CONTEXT);
        } catch (FunctionErrorException e) {
            return;
        }
        var status = answer.getStatusCode();
        var body = String.valueOf(answer.getBody());
        if (status < 200 || status > 599 || !body.startsWith("{") || body.startsWith("{\"error\":\"internal error")) {
            throw new AssertionError("answered " + status + " " + body);
        }
        if (status != 200
                && status != 201
                && status < 500
                && !application.connections().requests().isEmpty()) {
            throw new AssertionError("asked others before it refused with " + status);
        }
    }
}
