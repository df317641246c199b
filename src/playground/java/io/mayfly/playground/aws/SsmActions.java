package io.mayfly.playground.aws;

import com.fasterxml.jackson.databind.JsonNode;
import io.mayfly.playground.wire.Json;
import io.mayfly.playground.wire.ServerResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The actions of the Parameter Store.
 *
 * @see <a href="https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html">GetParameters</a>
 */
final class SsmActions {

    private static final int MAX_NAMES = 10;

    private final EmulatedParameterStore parameters;

    SsmActions(EmulatedParameterStore parameters) {
        this.parameters = parameters;
    }

    ServerResponse carryOut(String action, String body, String requestId) {
        JsonNode input = Json.object(body)
                .orElseThrow(() -> new AwsError("SerializationException", "Start of structure expected"));
        Map<String, Object> result = switch (action) {
            case "GetParameter" -> getOne(input);
            case "GetParameters" -> getMany(input);
            case "PutParameter" -> put(input);
            default -> throw new AwsError("UnknownOperationException", "");
        };
        return new ServerResponse(
                200,
                Map.of("Content-Type", "application/x-amz-json-1.1", "x-amzn-RequestId", requestId),
                Json.write(result));
    }

    private Map<String, Object> getOne(JsonNode input) {
        String name = input.path("Name").asText();
        return Map.of(
                "Parameter",
                parameters
                        .get(name)
                        .orElseThrow(() -> new AwsError("ParameterNotFound", "Parameter " + name + " not found."))
                        .json(decrypted(input)));
    }

    private Map<String, Object> getMany(JsonNode input) {
        List<String> names = new ArrayList<>();
        input.path("Names").forEach(name -> names.add(name.asText()));
        if (names.isEmpty() || names.size() > MAX_NAMES) {
            throw new AwsError(
                    "ValidationException",
                    "1 validation error detected: Value '" + names + "' at 'names' failed to satisfy constraint:"
                            + " Member must have length less than or equal to 10.");
        }
        List<Map<String, Object>> found = new ArrayList<>();
        List<String> invalid = new ArrayList<>();
        for (String name : names) {
            parameters
                    .get(name)
                    .ifPresentOrElse(parameter -> found.add(parameter.json(decrypted(input))), () -> invalid.add(name));
        }
        return Map.of("Parameters", found, "InvalidParameters", invalid);
    }

    private Map<String, Object> put(JsonNode input) {
        String name = input.path("Name").asText();
        if (parameters.get(name).isPresent() && !input.path("Overwrite").asBoolean()) {
            throw new AwsError(
                    "ParameterAlreadyExists",
                    "The parameter already exists. To overwrite this value, set the overwrite option in the request to"
                            + " true.");
        }
        int version = parameters.put(
                name, input.path("Type").asText("String"), input.path("Value").asText());
        return Map.of("Version", version, "Tier", "Standard");
    }

    private static boolean decrypted(JsonNode input) {
        return input.path("WithDecryption").asBoolean();
    }
}
