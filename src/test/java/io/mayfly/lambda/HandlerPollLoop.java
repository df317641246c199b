package io.mayfly.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;

/** The poll loop without Quarkus around it, and with a memory of the answers. */
public final class HandlerPollLoop extends PollLoop {

    private static final Context CONTEXT = (Context) Proxy.newProxyInstance(
            Context.class.getClassLoader(),
            new Class<?>[] {Context.class},
            (proxy, method, arguments) -> method.getName().equals("getAwsRequestId") ? "priming" : null);

    private static final ObjectReader READER = new ObjectMapper()
            .configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false)
            .readerFor(APIGatewayV2HTTPEvent.class);

    private final FunctionHandler handler;
    private final List<APIGatewayV2HTTPResponse> answers = new ArrayList<>();

    HandlerPollLoop(Routes routes) {
        handler = new FunctionHandler(HandlerPollLoop::inPlaceOfQuarkus, routes);
    }

    @Override
    public synchronized void handle(String event) throws IOException {
        answers.add(handler.handleRequest(READER.readValue(event), CONTEXT));
    }

    /** What was answered, in this order. */
    public synchronized List<APIGatewayV2HTTPResponse> answers() {
        return List.copyOf(answers);
    }

    /** No class, for Quarkus takes every one of this type for the function's handler. */
    private static APIGatewayV2HTTPResponse inPlaceOfQuarkus(APIGatewayV2HTTPEvent event, Context context) {
        throw new AssertionError("an event went to Quarkus' handler: " + event.getRawPath());
    }
}
