package io.mayfly.claim;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mayfly.fleet.Ticket;
import io.mayfly.fleet.TicketAuthority;
import io.mayfly.fuzz.Application;
import io.mayfly.fuzz.Input;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Set;

/**
 * A claim from its headers and bytes to the answer, between an STS, an EC2 and a GitHub that answer anything: nobody is asked
 * before the ticket is right, STS is asked what we ask it, and a configuration leaves only behind its tag.
 */
public final class ClaimFuzz {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Set<Integer> STATUSES = Set.of(200, 400, 401, 403, 410, 413, 500, 503);
    private static final String BODY = "Action=GetCallerIdentity&Version=2011-06-15";

    private ClaimFuzz() {}

    public static void fuzzerInitialize() {
        Application.warmUp();
    }

    /** Parts: the ticket, empty for the right one; the body; answers of the services in the order of the calls. */
    public static void fuzzerTestOneInput(byte[] bytes) {
        var input = new Input(bytes);
        var application = Application.answered(input, 2);
        var right = application.bean(TicketAuthority.class).issue(new Ticket("p", "repos/octo-org/octo-repo", ""));
        var ticket = input.text(0).isEmpty() ? right : input.text(0);
        var headers = new HashMap<String, String>();
        headers.put("x-mayfly-ticket", ticket);
        headers.put("x-mayfly-audience", input.text(0));
        headers.put("host", input.text(0));
        var event = new APIGatewayV2HTTPEvent();
        event.setHeaders(headers);

        var answer = application.bean(ClaimResource.class).receive(input.bytes(1), event, null);

        var requests = application.connections().requests();
        if (!ticket.equals(right) && !requests.isEmpty()) {
            throw new AssertionError("asked others for a wrong ticket");
        }
        if (!requests.isEmpty()) {
            var first = requests.getFirst();
            if (!first.uri().toString().equals("https://sts.eu-central-1.amazonaws.com/")
                    || !new String(first.body(), StandardCharsets.UTF_8).equals(BODY)
                    || !"fuzz.lambda-url.eu-central-1.on.aws"
                            .equals(first.headers().get("X-Mayfly-Audience"))) {
                throw new AssertionError("asked STS something else: " + first);
            }
        }
        check(answer.getStatus(), String.valueOf(answer.getEntity()));
        if (answer.getStatus() == 200
                && !new String(requests.getLast().body(), StandardCharsets.UTF_8).startsWith("Action=CreateTags")) {
            throw new AssertionError("a configuration before its tag");
        }
    }

    private static void check(int status, String text) {
        if (!STATUSES.contains(status) || text.startsWith("{\"error\":\"internal error")) {
            throw new AssertionError("answered " + status + " " + text);
        }
        try {
            var json = MAPPER.readTree(text);
            if (status == 200 && !json.path("runner").asText().equals("mayfly-i-0123456789abcdef0")) {
                throw new AssertionError("granted another runner: " + text);
            }
            if (!json.isObject() || text.chars().anyMatch(character -> character < ' ')) {
                throw new AssertionError("no JSON object on one line: " + text);
            }
        } catch (JsonProcessingException e) {
            throw new AssertionError("an answer that is no JSON", e);
        }
    }
}
