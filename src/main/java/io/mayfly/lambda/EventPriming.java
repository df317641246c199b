package io.mayfly.lambda;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import io.quarkus.amazon.lambda.runtime.AmazonLambdaMapperRecorder;
import jakarta.inject.Singleton;
import java.io.IOException;

/** Reads an event of a function URL and writes a response for the first time, as Lambda's poll loop will. */
@Singleton
public class EventPriming {

    private static final String EVENT = """
            {"version":"2.0","rawPath":"/","headers":{"a":"b"},"requestContext":{"apiId":"x","domainName":"x",\
            "http":{"method":"POST","path":"/","sourceIp":"192.0.2.1"},"timeEpoch":0},"body":"{}","isBase64Encoded":false}""";

    /** Reads and writes. */
    public void run() throws IOException {
        var mapper = AmazonLambdaMapperRecorder.objectMapper;
        mapper.readerFor(APIGatewayV2HTTPEvent.class).readValue(EVENT);
        mapper.writerFor(APIGatewayV2HTTPResponse.class)
                .writeValueAsBytes(new APIGatewayV2HTTPResponse(200, null, null, null, "{}", false));
    }
}
