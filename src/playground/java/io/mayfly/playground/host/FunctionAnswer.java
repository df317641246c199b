package io.mayfly.playground.host;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The HTTP answer that a function URL makes of a function's response.
 *
 * @param headers by their names in lower case
 */
public record FunctionAnswer(int status, Map<String, String> headers, String body) {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    /**
     * Reads a response.
     *
     * @throws IllegalStateException when the invocation was a function error
     */
    public static FunctionAnswer of(RuntimeApi.Result result) {
        if (result.failed()) {
            throw new IllegalStateException("function error: " + result.text());
        }
        try {
            var response = MAPPER.readTree(result.payload());
            var headers = new TreeMap<String, String>();
            response.path("headers")
                    .properties()
                    .forEach(header -> headers.put(
                            header.getKey().toLowerCase(Locale.ROOT),
                            header.getValue().asText()));
            var body = response.path("body").asText("");
            return new FunctionAnswer(
                    response.path("statusCode").asInt(),
                    headers,
                    response.path("isBase64Encoded").asBoolean()
                            ? new String(Base64.getDecoder().decode(body), StandardCharsets.UTF_8)
                            : body);
        } catch (IOException e) {
            throw new IllegalStateException("no function response: " + result.text(), e);
        }
    }

    /** The body's JSON; a missing node where it is none. */
    public JsonNode json() {
        try {
            return MAPPER.readTree(body);
        } catch (JsonProcessingException e) {
            return MissingNode.getInstance();
        }
    }

    /** A field of the body as text, empty where it is missing. */
    public String field(String name) {
        return json().path(name).asText("");
    }

    @Override
    public String toString() {
        return status + " " + body;
    }
}
