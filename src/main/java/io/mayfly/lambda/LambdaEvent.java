package io.mayfly.lambda;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.runtime.annotations.RegisterForReflection;
import org.jspecify.annotations.Nullable;

/** An event as Lambda hands it over: HTTP-shaped, or with the records of an event source, which is not. */
@RegisterForReflection
final class LambdaEvent extends APIGatewayV2HTTPEvent {

    private @Nullable JsonNode records;

    /** Of an event source; null where the event is none of one. */
    @Nullable
    JsonNode records() {
        return records;
    }

    /** Outside a request's own fields: nobody who calls through the function URL can write it. */
    @JsonProperty("Records")
    void setRecords(@Nullable JsonNode value) {
        records = value;
    }
}
