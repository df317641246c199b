package io.mayfly.webhook;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mayfly.ec2.LaunchCheck;
import io.mayfly.fuzz.Application;
import io.mayfly.fuzz.Input;
import io.mayfly.playground.github.WebhookSignature;
import java.util.Map;
import java.util.Set;

/**
 * A signed webhook from its bytes to the answer, between a GitHub and an EC2 that answer anything: the answer is one of
 * the contract's, and what is launched holds nothing that breaks out.
 */
public final class WebhookFuzz {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Set<Integer> STATUSES = Set.of(200, 201, 202, 400, 500, 503);

    private WebhookFuzz() {}

    public static void fuzzerInitialize() {
        Application.warmUp();
    }

    /** Parts: the event's name, the body, answers of GitHub and EC2 in the order of the calls. */
    public static void fuzzerTestOneInput(byte[] bytes) {
        var input = new Input(bytes);
        var body = input.bytes(1);
        var event = new APIGatewayV2HTTPEvent();
        event.setHeaders(Map.of(
                "x-github-event", input.text(0),
                "x-github-delivery", input.text(0),
                "x-hub-signature-256", WebhookSignature.of(body, Application.SECRET)));
        var application = Application.answered(input, 2);

        var answer = application.bean(WebhookResource.class).receive(body, event, null);

        var text = String.valueOf(answer.getEntity());
        if (!STATUSES.contains(answer.getStatus()) || text.startsWith("{\"error\":\"internal error")) {
            throw new AssertionError("answered " + answer.getStatus() + " " + text);
        }
        try {
            if (!MAPPER.readTree(text).isObject()) {
                throw new AssertionError("an answer that is no JSON object: " + text);
            }
        } catch (JsonProcessingException e) {
            throw new AssertionError("an answer that is no JSON", e);
        }
        if (text.chars().anyMatch(character -> character < ' ')) {
            throw new AssertionError("an answer with a control character");
        }
        application.connections().requests().forEach(LaunchCheck::check);
    }
}
