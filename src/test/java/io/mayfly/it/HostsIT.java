package io.mayfly.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mayfly.playground.host.FunctionAnswer;
import io.mayfly.playground.host.FunctionUrlEvent;
import io.mayfly.playground.host.RuntimeApi;
import io.mayfly.playground.world.Playground;
import io.mayfly.playground.world.SignedWebhook;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The function within the tests' process and as a process of its own: what one does, the other does. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostsIT {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final byte[] OBJECT = utf8("{}");

    /** A process has the limits of production. A slow machine may miss one, and then it lives anew. */
    private static final Pattern MISSED = Pattern.compile("did not answer|no answer from|out of time");

    private static final int MOST_LIVES = 10;

    private final Function within = Function.within();
    private Function process = Function.asProcess();
    private List<String> answersWithin = List.of();
    private List<String> answersOfProcess = List.of();

    @BeforeAll
    void live() {
        answersWithin = life(within);
        answersOfProcess = life(process);
        for (var lives = 1; lives < MOST_LIVES && MISSED.matcher(process.log()).find(); lives++) {
            process.close();
            process = Function.asProcess();
            answersOfProcess = life(process);
        }
    }

    @AfterAll
    void close() {
        within.close();
        process.close();
    }

    @Test
    void answerAlike() {
        assertThat(withoutRequestIds(answersWithin))
                .hasSizeGreaterThan(18)
                .isEqualTo(withoutRequestIds(answersOfProcess));
    }

    /** EC2 gives each request another id. */
    private static List<String> withoutRequestIds(List<String> answers) {
        return answers.stream()
                .map(answer -> answer.replaceAll("request [0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "request ID"))
                .toList();
    }

    @Test
    void askTheSame() {
        assertThat(new TreeSet<>(within.calls())).hasSizeGreaterThan(8).isEqualTo(new TreeSet<>(process.calls()));
    }

    @Test
    void logTheSame() {
        assertThat(logged(within)).hasSizeGreaterThan(8).containsExactlyElementsOf(logged(process));
    }

    @Test
    void measureTheSame() {
        assertThat(metrics(within)).hasSizeGreaterThan(5).isEqualTo(metrics(process));
    }

    /** A bit of everything. Its first event waits until a slow machine has come so far. */
    private static List<String> life(Function function) {
        function.withPool(pool -> pool.put("maxRunners", 3));
        var playground = function.playground();
        while (function.send(SignedWebhook.of("ping", OBJECT, Playground.SECRET))
                        .status()
                == 503) {
            function.kill();
        }
        var answers = new ArrayList<String>();
        for (var event : List.of(
                SignedWebhook.of("ping", OBJECT, Playground.SECRET),
                SignedWebhook.of("ping", OBJECT, Playground.SECRET).inBase64(),
                SignedWebhook.of("ping", OBJECT, Playground.SECRET).without("x-hub-signature-256"),
                SignedWebhook.of("ping", OBJECT, "guessed"),
                SignedWebhook.of("workflow_job", utf8("{\"action\":7}"), Playground.SECRET),
                SignedWebhook.of("workflow_job", utf8("no JSON"), Playground.SECRET),
                new FunctionUrlEvent("POST", "/webhook", new byte[(1 << 20) + 1]),
                new FunctionUrlEvent("GET", "/webhook", OBJECT),
                new FunctionUrlEvent("POST", "/", OBJECT),
                new FunctionUrlEvent("POST", "/internal/sweep", OBJECT))) {
            answers.add(shown(function.invoke(event)));
        }
        for (var event : List.of("{}", "{\"Records\":[]}")) {
            answers.add(shown(function.invoke(utf8(event))));
        }

        var job = playground.queueJob();
        answers.add(shown(function.invoke(playground.delivery(job.id(), "queued"))));
        answers.add(shown(function.invoke(playground.delivery(job.id(), "queued"))));
        var instance = function.live().getFirst();
        var claim = function.claimOf(instance);
        answers.add(claimed(function.claim(claim.withTicket("bm8.body"))));
        playground.github().faults().on("generate-jitconfig").times(1).answer(500);
        answers.add(claimed(function.claim(claim)));
        answers.add(claimed(function.claim(instance)));
        answers.add(claimed(function.claim(claim)));
        instance = function.live().getFirst();
        function.takesJob(instance, job);
        answers.add(shown(function.invoke(playground.delivery(job.id(), "in_progress"))));
        function.finishes(instance, job);
        answers.add(shown(function.invoke(playground.delivery(job.id(), "completed"))));

        var cancelled = playground.queueJob();
        answers.add(shown(function.invoke(playground.delivery(cancelled.id(), "queued"))));
        playground.github().jobs().complete(cancelled.id(), "cancelled");
        answers.add(shown(function.invoke(playground.delivery(cancelled.id(), "completed"))));

        playground.aws().faults().on("RunInstances").times(1).error("UnauthorizedOperation", 403);
        var refused = playground.queueJob();
        answers.add(shown(function.invoke(playground.delivery(refused.id(), "queued"))));
        answers.add(shown(function.invoke(playground.delivery(refused.id(), "queued"))));
        answers.add(shown(
                function.invoke(playground.delivery(refused.id(), "queued").notThroughUrl())));
        answers.add(shown(function.invoke(FunctionUrlEvent.sweep(function.now()))));
        return answers;
    }

    /** The answer to a claim without what differs each time, and without its secret. */
    private static String claimed(FunctionAnswer answer) {
        return answer.status() + " " + answer.field("error") + answer.field("runner");
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** All of the response; of a function error that it is one, for each runtime words it in its own way. */
    private static String shown(RuntimeApi.Result result) {
        return result.failed() ? "function error" : json(result.text()).toString();
    }

    private static JsonNode json(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What our own classes said: the keys of each line, who says it, and its words but for ids and times. */
    private static List<String> logged(Function function) {
        return lines(function)
                .filter(line -> line.path("loggerName").asText().startsWith("io.mayfly"))
                .map(line -> line.path("level").asText() + " "
                        + line.path("loggerName").asText() + " "
                        + line.path("message").asText().replaceAll("[0-9a-f-]{36}|[0-9]+ ms|\\d+\\.\\d+", "…") + " "
                        + keys(line) + " " + ownKeys(line.path("mdc")))
                .toList();
    }

    /** The fields of the lines for CloudWatch, by what they are about. */
    private static Map<String, Set<String>> metrics(Function function) {
        var fields = new TreeMap<String, Set<String>>();
        lines(function)
                .filter(line -> line.has("_aws"))
                .forEach(line -> fields.computeIfAbsent(
                                line.path("Event").asText() + " "
                                        + line.path("Outcome").asText(),
                                key -> new TreeSet<>())
                        .addAll(keys(line)));
        return fields;
    }

    private static Stream<JsonNode> lines(Function function) {
        return function.log().lines().filter(line -> line.startsWith("{")).map(HostsIT::json);
    }

    /** Without what Quarkus adds in the native binary. */
    private static Set<String> ownKeys(JsonNode mdc) {
        var keys = keys(mdc);
        keys.remove("AWSRequestId");
        return keys;
    }

    private static Set<String> keys(JsonNode object) {
        var keys = new TreeSet<String>();
        object.fieldNames().forEachRemaining(keys::add);
        return keys;
    }
}
