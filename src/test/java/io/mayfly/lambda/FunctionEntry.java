package io.mayfly.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.mayfly.chaos.Beans;
import io.quarkus.amazon.lambda.runtime.AmazonLambdaMapperRecorder;
import java.io.IOException;

/** Where Lambda's runtime enters the application, without Quarkus around it: the bytes of an event, and of its response. */
public final class FunctionEntry {

    /** As Quarkus sets up the mapper of Lambda's events. */
    static final ObjectMapper MAPPER = JsonMapper.builder()
            .configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false)
            .configure(MapperFeature.ACCEPT_CASE_INSENSITIVE_PROPERTIES, true)
            .build();

    static {
        new LambdaEvents().customize(MAPPER);
        AmazonLambdaMapperRecorder.objectMapper = MAPPER;
    }

    private final FunctionHandler handler;

    public FunctionEntry(Beans beans) {
        handler = handler(beans.get(Routes.class));
    }

    /**
     * Has an event answered.
     *
     * @throws RuntimeException when the invocation is a function error
     */
    public byte[] handle(byte[] event, Context context) throws IOException {
        var read = MAPPER.readerFor(APIGatewayV2HTTPEvent.class).<APIGatewayV2HTTPEvent>readValue(event);
        return MAPPER.writerFor(APIGatewayV2HTTPResponse.class).writeValueAsBytes(handler.handleRequest(read, context));
    }

    /** The application's handler with nothing of Quarkus' behind it. */
    static FunctionHandler handler(Routes routes) {
        return new FunctionHandler(FunctionEntry::inPlaceOfQuarkus, routes);
    }

    /** No class, for Quarkus takes every one of this type for the function's handler. */
    private static APIGatewayV2HTTPResponse inPlaceOfQuarkus(APIGatewayV2HTTPEvent event, Context context) {
        throw new AssertionError("an event went to Quarkus' handler: " + event.getRawPath());
    }
}
