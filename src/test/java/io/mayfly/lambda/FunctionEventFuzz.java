package io.mayfly.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.mayfly.fuzz.Application;
import io.mayfly.fuzz.Input;
import io.mayfly.sweep.SweepResource;
import io.mayfly.webhook.WebhookResource;
import java.io.IOException;
import java.lang.reflect.Proxy;

/**
 * An event of Lambda with anything in it, from its JSON through the edge to the webhook's answer, signed or not: a JSON
 * answer, or a function error where the event is not HTTP-shaped. Without a signature nothing is sent anywhere.
 */
public final class FunctionEventFuzz {

    /** As Quarkus sets up the mapper of Lambda's events. */
    private static final ObjectReader READER = JsonMapper.builder()
            .configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false)
            .configure(MapperFeature.ACCEPT_CASE_INSENSITIVE_PROPERTIES, true)
            .build()
            .readerFor(APIGatewayV2HTTPEvent.class);

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
            var routes = new Routes(application.bean(WebhookResource.class), application.bean(SweepResource.class));
            answer = new FunctionHandler(FunctionEventFuzz::inPlaceOfQuarkus, routes).handleRequest(event, CONTEXT);
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

    /** No class, for Quarkus takes every one of this type for the function's handler. */
    private static APIGatewayV2HTTPResponse inPlaceOfQuarkus(APIGatewayV2HTTPEvent event, Context context) {
        throw new AssertionError("an event went to Quarkus' handler: " + event.getRawPath());
    }
}
