package io.mayfly.lambda;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.quarkus.jackson.ObjectMapperCustomizer;
import jakarta.inject.Singleton;

/**
 * Has events read whole. Lambda-http reads each event as that of an HTTP request, and would drop the records of another without a
 * word.
 */
@Singleton
public class LambdaEvents implements ObjectMapperCustomizer {

    @JsonDeserialize(as = LambdaEvent.class)
    private interface Whole {}

    @Override
    public void customize(ObjectMapper mapper) {
        mapper.addMixIn(APIGatewayV2HTTPEvent.class, Whole.class);
    }
}
