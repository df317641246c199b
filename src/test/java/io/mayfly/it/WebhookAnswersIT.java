package io.mayfly.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mayfly.playground.github.WebhookSignature;
import io.mayfly.playground.host.FunctionAnswer;
import io.mayfly.playground.host.FunctionUrlEvent;
import io.mayfly.playground.world.Playground;
import io.mayfly.playground.world.SignedWebhook;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every answer of the contract that needs neither GitHub nor EC2, bad input first of all. */
class WebhookAnswersIT {

    private static final Function FUNCTION = new Function().with("MAYFLY_REPOSITORIES", "octo-org/*,someone/else");
    private static final Playground PLAYGROUND = FUNCTION.playground();
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final byte[] PING =
            "{\"zen\":\"Half measures are as bad as nothing at all.\"}".getBytes(StandardCharsets.UTF_8);

    @AfterAll
    static void close() {
        FUNCTION.close();
    }

    private static FunctionUrlEvent ping() {
        return SignedWebhook.of("ping", PING, Playground.SECRET);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void ignoresAPing() {
        var answer = FUNCTION.send(ping());

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("{\"outcome\":\"ignored\",\"reason\":\"event is not workflow_job\"}");
        assertThat(answer.headers()).containsEntry("content-type", "application/json");
    }

    @Test
    void refusesARequestWithoutSignature() {
        assertThat(FUNCTION.send(ping().without("x-hub-signature-256")))
                .hasToString("400 {\"error\":\"header X-Hub-Signature-256 is missing\"}");
        assertThat(FUNCTION.send(ping().header("x-hub-signature-256", "")))
                .hasToString("400 {\"error\":\"header X-Hub-Signature-256 is missing\"}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sha256=0000000000000000000000000000000000000000000000000000000000000000",
                "sha256=",
                "sha256=abc",
                "sha1=757107ea0eb2509fc211221cce984b8a37570b6d",
                "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
                "sha256=zz7107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
                "garbage",
                ",",
                "sha256=\u00e9"
            })
    void refusesASignatureThatIsWrongOrMalformed(String signature) {
        assertThat(FUNCTION.send(ping().header("x-hub-signature-256", signature)))
                .hasToString("401 {\"error\":\"signature is wrong\"}");
    }

    @Test
    void refusesARightSignatureWithSomethingBehindIt() {
        var signature = WebhookSignature.of(PING, Playground.SECRET);

        assertThat(FUNCTION.send(ping().header("x-hub-signature-256", signature + ",x"))
                        .status())
                .isEqualTo(401);
        assertThat(FUNCTION.send(ping().header("x-hub-signature-256", signature + "00"))
                        .status())
                .isEqualTo(401);
    }

    @Test
    void acceptsHeadersInAnyCase() {
        var event = ping().without("x-hub-signature-256")
                .without("x-github-event")
                .header("X-Hub-Signature-256", WebhookSignature.of(PING, Playground.SECRET))
                .header("X-GITHUB-EVENT", "ping");

        assertThat(FUNCTION.send(event).status()).isEqualTo(200);
    }

    @Test
    void checksTheSignatureBeforeItLooksAtTheBody() {
        var broken =
                SignedWebhook.of("workflow_job", utf8("{broken"), "guessed").without("x-github-event");

        assertThat(FUNCTION.send(broken).status()).isEqualTo(401);
    }

    @Test
    void refusesARequestThatNamesNoEvent() {
        assertThat(FUNCTION.send(ping().without("x-github-event")))
                .hasToString("400 {\"error\":\"header X-GitHub-Event is missing\"}");
    }

    @Test
    void refusesABodyOverOneMebibyteBeforeAnythingElse() {
        var tooLong = new FunctionUrlEvent("POST", "/webhook", new byte[(1 << 20) + 1]);
        var justRight = SignedWebhook.of("ping", utf8("{}" + " ".repeat((1 << 20) - 2)), Playground.SECRET);

        assertThat(FUNCTION.send(tooLong)).hasToString("413 {\"error\":\"body is over 1 MiB\"}");
        assertThat(FUNCTION.send(tooLong.inBase64()).status()).isEqualTo(413);
        assertThat(FUNCTION.send(justRight).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"name\":\"caf\u00e9 \u4f60\u597d \ud83d\ude80\"}",
                "{\"a\":1}\r\n",
                "{\"a\":\"\\u0000\"}\t",
            })
    void countsTheBytesOfTheBodyPlainAndInBase64(String body) {
        var bytes = utf8(body);

        assertThat(FUNCTION.send(SignedWebhook.of("ping", bytes, Playground.SECRET))
                        .status())
                .isEqualTo(200);
        assertThat(FUNCTION.send(SignedWebhook.of("ping", bytes, Playground.SECRET)
                                .inBase64())
                        .status())
                .isEqualTo(200);
    }

    @Test
    void countsBytesThatAreNoText() {
        var bytes = new byte[] {(byte) 0xff, 0, (byte) 0xc3, 0x28, 13, 10};

        assertThat(FUNCTION.send(SignedWebhook.of("ping", bytes, Playground.SECRET)
                                .inBase64())
                        .status())
                .isEqualTo(400);
    }

    /** They pass the signature, and are no JSON. */
    @ParameterizedTest
    @ValueSource(strings = {"Hello, World!", "{\"a\":\"\u0000\"}", "payload=%7B%7D", " ", "\r\n"})
    void countsTheBytesOfABodyThatIsNoJsonToo(String body) {
        assertThat(FUNCTION.send(SignedWebhook.of("ping", utf8(body), Playground.SECRET))
                        .status())
                .isEqualTo(400);
        assertThat(FUNCTION.send(SignedWebhook.of("ping", utf8(body), "guessed"))
                        .status())
                .isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/html", "*/*", "application/xml", "nonsense"})
    void answersInJsonWhateverIsAccepted(String accept) {
        assertThat(FUNCTION.send(ping().header("accept", accept)).status()).isEqualTo(200);
    }

    @Test
    void refusesABodyThatIsNotTheBase64ThatItClaimsToBe() {
        var event = new String(ping().json(FUNCTION.now()), StandardCharsets.UTF_8)
                .replace("\"isBase64Encoded\":false", "\"isBase64Encoded\":true");

        assertThat(FunctionAnswer.of(FUNCTION.invoke(utf8(event)))).hasToString("400 {\"error\":\"bad request\"}");
    }

    @Test
    void checksAnEmptyBodyToo() {
        assertThat(FUNCTION.send(SignedWebhook.of("ping", new byte[0], Playground.SECRET))
                        .status())
                .isEqualTo(400);
        assertThat(FUNCTION.send(SignedWebhook.of("ping", new byte[0], "guessed"))
                        .status())
                .isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json",
                "application/x-www-form-urlencoded",
                "multipart/form-data",
                "text/plain",
                "image/png"
            })
    void takesAnyContentType(String type) {
        assertThat(FUNCTION.send(ping().header("content-type", type)).status()).isEqualTo(200);
        assertThat(FUNCTION.send(ping().header("content-type", type).inBase64()).status())
                .isEqualTo(200);
    }

    @Test
    void needsNoContentType() {
        assertThat(FUNCTION.send(ping().without("content-type")).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "\"text\"", "null", "1", "{} {}", "{\"a\":}", "payload=%7B%7D"})
    void refusesABodyThatIsNoJsonObject(String body) {
        var answer = FUNCTION.deliver("workflow_job", utf8(body));

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.field("error")).startsWith("body is no");
    }

    @Test
    void refusesTooDeepNesting() {
        var job = PLAYGROUND.queueJob();

        var deepest = FUNCTION.deliver(job, "in_progress", payload -> payload.set("deep", nested(63)));
        var tooDeep = FUNCTION.deliver(job, "in_progress", payload -> payload.set("deep", nested(64)));

        assertThat(deepest.status()).isEqualTo(200);
        assertThat(tooDeep.status()).isEqualTo(400);
        assertThat(FUNCTION.deliver("workflow_job", utf8("[".repeat(100_000))).status())
                .isEqualTo(400);
    }

    private static ObjectNode nested(int levels) {
        var outer = MAPPER.createObjectNode();
        var inner = outer;
        for (var level = 1; level < levels; level++) {
            inner = inner.putObject("x");
        }
        return outer;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/action | null",
                "/action | 1",
                "/workflow_job | null",
                "/workflow_job | []",
                "/workflow_job/id | null",
                "/workflow_job/id | 0",
                "/workflow_job/id | -1",
                "/workflow_job/id | \"1\"",
                "/workflow_job/id | 1.5",
                "/workflow_job/id | 99999999999999999999999999",
                "/workflow_job/id | 1e400",
                "/workflow_job/status | null",
                "/workflow_job/status | 7",
                "/workflow_job/labels | \"linux\"",
                "/workflow_job/labels | [1]",
                "/workflow_job/labels | {}",
                "/workflow_job/created_at | 5",
                "/workflow_job/created_at | \"yesterday\"",
                "/repository | null",
                "/repository/id | null",
                "/repository/id | -1",
                "/repository/full_name | null",
                "/repository/full_name | \"\"",
                "/repository/full_name | \"no-slash\"",
                "/repository/full_name | \"../../admin\"",
                "/repository/full_name | \"octo-org/..\"",
                "/repository/full_name | \"octo-org/a?b\"",
                "/repository/private | null",
                "/repository/private | \"true\"",
                "/organization | 5",
                "/organization/id | null",
                "/installation | null",
                "/installation/id | null",
                "/installation/id | 0",
                "/installation/id | true",
            })
    void namesTheFieldOfAQueuedJobThatIsMissingOrWrong(String pointer, String value) {
        var job = PLAYGROUND.queueJob();

        var answer = FUNCTION.deliver(job, "queued", payload -> set(payload, pointer, value));

        assertThat(answer.status()).as(answer.toString()).isEqualTo(400);
        assertThat(answer.field("error"))
                .startsWith(pointer.substring(1).replace('/', '.'))
                .doesNotContain("admin");
        assertThat(FUNCTION.live()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/workflow_job/id | null",
                "/workflow_job/runner_id | -5",
                "/workflow_job/runner_id | \"five\"",
                "/workflow_job/runner_id | 1.5",
                "/workflow_job/runner_id | 99999999999999999999",
                "/workflow_job/runner_name | 5",
                "/workflow_job/conclusion | {}",
                "/repository/id | -1",
                "/repository/full_name | null",
            })
    void namesTheFieldOfACompletedJobThatIsMissingOrWrong(String pointer, String value) {
        var job = PLAYGROUND.queueJob();

        var answer = FUNCTION.deliver(job, "completed", payload -> set(payload, pointer, value));

        assertThat(answer.status()).as(answer.toString()).isEqualTo(400);
        assertThat(answer.field("error")).startsWith(pointer.substring(1).replace('/', '.'));
    }

    @ParameterizedTest
    @CsvSource({"null, null", "0, ''", "'', ''", "0, null"})
    void takesAllOfGitHubsWordsForNoRunner(String id, String name) {
        var job = PLAYGROUND.queueJob();

        var answer = FUNCTION.deliver(job, "completed", payload -> {
            set(payload, "/workflow_job/runner_id", id.isEmpty() ? "\"\"" : id);
            set(payload, "/workflow_job/runner_name", name.equals("null") ? name : "\"" + name + "\"");
            set(payload, "/workflow_job/conclusion", "\"cancelled\"");
        });

        assertThat(answer).hasToString("200 {\"outcome\":\"withdrawn\",\"instanceIds\":[]}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/workflow_job/status | \"waiting\" | job status is not queued",
                "/workflow_job/status | \"in_progress\" | job status is not queued",
                "/workflow_job/labels | [\"ubuntu-latest\"] | labels of no pool",
                "/workflow_job/labels | [\"linux\",\"gpu\"] | labels of no pool",
                "/workflow_job/labels | [] | job has no labels",
                "/workflow_job/labels | null | job has no labels",
                "/repository/private | false | repository is public",
                "/repository/full_name | \"stranger/repo\" | repository is not allowed",
                "/action | \"in_progress\" | action in_progress",
                "/action | \"waiting\" | action waiting",
                "/action | \"sung\" | unknown action",
            })
    void ignoresAndAsksNobody(String pointer, String value, String reason) {
        FUNCTION.send(ping());
        PLAYGROUND.log().clear();
        var job = PLAYGROUND.queueJob();

        var answer = FUNCTION.deliver(job, "queued", payload -> set(payload, pointer, value));

        assertThat(answer).hasToString("200 {\"outcome\":\"ignored\",\"reason\":\"" + reason + "\"}");
        assertThat(FUNCTION.calls()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"push", "check_run", "installation", "WORKFLOW_JOB", "\u00e9"})
    void ignoresOtherEvents(String event) {
        assertThat(FUNCTION.deliver(event, utf8("{}")).field("outcome")).isEqualTo("ignored");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /webhook, 405",
        "PUT, /webhook, 405",
        "DELETE, /webhook, 405",
        "OPTIONS, /webhook, 405",
        "GET, /webhook/, 405",
        "GET, /internal/sweep, 405",
        "POST, /, 404",
        "GET, /, 404",
        "POST, /webhook/more, 404",
        "POST, /internal/sweep, 404",
        "GET, /q/health, 404",
        "POST, /favicon.ico, 404"
    })
    void answersOtherRoutesInJsonToo(String method, String path, int status) {
        PLAYGROUND.log().clear();

        var answer = FUNCTION.send(new FunctionUrlEvent(method, path, PING));

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.headers()).containsEntry("content-type", "application/json");
        assertThat(answer.field("error")).isNotEmpty();
        assertThat(FUNCTION.calls()).isEmpty();
    }

    @Test
    void failsAnInvocationThatIsNotHttpShaped() {
        for (var event : List.of("{}", "{\"Records\":[]}", "{\"version\":\"2.0\",\"rawPath\":\"/webhook\"}")) {
            assertThat(FUNCTION.invoke(utf8(event)).failed()).as(event).isTrue();
        }
        assertThat(FUNCTION.send(ping()).status()).as("and goes on").isEqualTo(200);
    }

    private static void set(ObjectNode payload, String pointer, String json) {
        var slash = pointer.lastIndexOf('/');
        var parent = slash == 0 ? payload : (ObjectNode) payload.at(pointer.substring(0, slash));
        try {
            parent.set(pointer.substring(slash + 1), MAPPER.readTree(json));
        } catch (IOException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
