package io.mayfly.aws;

import com.fasterxml.jackson.databind.JsonNode;
import io.mayfly.http.Answer;
import io.mayfly.json.JsonFields;
import io.mayfly.json.JsonText;
import io.mayfly.json.MalformedJsonException;
import io.mayfly.metrics.Service;
import io.mayfly.outcome.UnavailableException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Calls of a service that speaks JSON.
 *
 * @param target what its operations' names begin with
 * @param version of the protocol
 * @see <a href="https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html">AWS JSON 1.1 protocol</a>
 */
record JsonCalls(AwsCalls calls, Service service, String target, String version) {

    /**
     * Makes a call.
     *
     * @param reader of the answer
     * @throws RefusedException when the service answers with an error
     * @throws UnavailableException when it does not answer, or nobody understands what
     */
    <T> T ask(String operation, JsonNode input, Duration limit, Function<JsonFields, T> reader) {
        var headers =
                Map.of("Content-Type", "application/x-amz-json-" + version, "X-Amz-Target", target + "." + operation);
        var body = input.toString().getBytes(StandardCharsets.UTF_8);
        var answer = calls.send(service, operation, headers, body, limit);
        if (answer.status() / 100 != 2) {
            throw new RefusedException(error(answer));
        }
        try {
            return reader.apply(JsonText.object(answer.body(), "the answer"));
        } catch (MalformedJsonException e) {
            throw new UnavailableException(
                    service + "'s answer to " + operation + " was not understood: " + e.getMessage());
        }
    }

    private static ServiceError error(Answer answer) {
        var code = answer.header("x-amzn-errortype");
        @Nullable String message = null;
        try {
            var error = JsonText.object(answer.body(), "the error");
            code = code == null ? error.text("__type") : code;
            message = error.text(error.has("message") ? "message" : "Message");
        } catch (MalformedJsonException e) {
            // The status says enough.
        }
        return ServiceError.of(answer, code == null ? null : name(code), message, null);
    }

    /** An error's name without its namespace before, and what else is said behind. */
    private static String name(String code) {
        var end = code.indexOf(':');
        var whole = end < 0 ? code : code.substring(0, end);
        return whole.substring(whole.indexOf('#') + 1);
    }
}
