package io.mayfly.startup;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mayfly.chaos.Beans;
import io.mayfly.environment.Environment;
import io.mayfly.lambda.HandlerPollLoop;
import io.mayfly.lambda.PollLoop;
import io.mayfly.metrics.MetricsOutput;
import io.mayfly.playground.wire.Call;
import io.mayfly.playground.world.Playground;
import io.mayfly.time.Sleeper;
import io.mayfly.time.TimeLimits;
import io.mayfly.time.Workers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a start leaves behind, between the emulators: parameters, a JWT and open connections, and nothing else. */
class PrimingTest {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    /** No part of this depends on how fast the machine is. */
    private static final Duration PATIENT = Duration.ofMinutes(2);

    private static final TimeLimits LIMITS = new TimeLimits(
            PATIENT, PATIENT, PATIENT, PATIENT, PATIENT, PATIENT, PATIENT, PATIENT, PATIENT, PATIENT, PATIENT, PATIENT,
            PATIENT, PATIENT);
    private static final Logger LOG = Logger.getLogger("io.mayfly");

    private final Playground playground = Playground.start();
    private final Map<String, String> variables = new HashMap<>(playground.environment());
    private final Map<String, @Nullable String> propertiesBefore = new HashMap<>();
    private final List<JsonNode> metrics = new CopyOnWriteArrayList<>();
    private final LogLines log = new LogLines();
    private final Beans beans = new Beans(List.of(new Beans.Alternative(null, PollLoop.class, HandlerPollLoop.class)))
            .with(InstantSource.class, InstantSource.system())
            .with(Sleeper.class, pause -> {
                throw new AssertionError("nothing has to be waited for");
            })
            .with(Workers.class, (number, piece) -> piece.run())
            .with(TimeLimits.class, LIMITS)
            .with(ObjectMapper.class, MAPPER)
            .with(MetricsOutput.class, line -> metrics.add(json(line)))
            .with(Environment.class, new Environment() {
                @Override
                public @Nullable String get(String name) {
                    return variables.get(name);
                }
            });

    @BeforeEach
    void surround() {
        set("aws.region", "AWS_REGION");
        set("aws.endpointUrl", "AWS_ENDPOINT_URL");
        set("aws.accessKeyId", "AWS_ACCESS_KEY_ID");
        set("aws.secretAccessKey", "AWS_SECRET_ACCESS_KEY");
        LOG.addHandler(log);
    }

    @AfterEach
    void restore() {
        LOG.removeHandler(log);
        propertiesBefore.forEach((property, value) -> {
            if (value == null) {
                System.clearProperty(property);
            } else {
                System.setProperty(property, value);
            }
        });
        playground.close();
    }

    @Test
    void answersAnEventOfItsOwnThroughTheHandler() throws InterruptedException {
        prime();

        assertThat(loop().answers()).singleElement().satisfies(answer -> {
            assertThat(answer.getStatusCode()).isEqualTo(200);
            assertThat(answer.getBody()).contains("ignored", "action in_progress");
        });
    }

    @Test
    void sendsNothingButTheReadOfTheParametersAndWritesNothing() throws InterruptedException {
        prime();

        assertThat(calls()).containsExactly("GetParameters");
        assertThat(playground.github().connections()).isEqualTo(1);
        assertThat(metrics).isEmpty();
        assertThat(log.lines).isEmpty();
    }

    @Test
    void leavesTheFirstLaunchAsItWouldBeWithoutButForTheParameters() throws InterruptedException, IOException {
        prime();
        playground.log().clear();

        launch();

        assertThat(calls()).doesNotContain("GetParameters").hasSize(2);
        assertThat(playground.aws().instances().live()).hasSize(1);
    }

    @Test
    void countsTheStartForTheFirstEventAndNothingThatWasPrimed() throws InterruptedException, IOException {
        prime();

        launch();

        assertThat(metrics).singleElement().satisfies(line -> {
            assertThat(line.path("Outcome").asText()).isEqualTo("launched");
            assertThat(line.path("ColdStarts").asInt()).isEqualTo(1);
            assertThat(line.path("Launches").asInt()).isEqualTo(1);
            assertThat(line.path("Calls").properties())
                    .hasSize(3)
                    .allSatisfy(call ->
                            assertThat(call.getValue().path("Count").asInt()).isEqualTo(1));
        });
    }

    @Test
    void saysNothingWhereNobodyAnswers() throws InterruptedException {
        playground.close();

        prime();

        assertThat(loop().answers()).isEmpty();
        assertThat(metrics).isEmpty();
        assertThat(log.lines).allSatisfy(line -> assertThat(line).contains("no answer from SSM"));
    }

    @Test
    void saysNothingOfASecretThatIsMissing() throws InterruptedException {
        variables.remove("MAYFLY_PARAMETERS");

        prime();

        assertThat(loop().answers()).isEmpty();
        assertThat(calls()).isEmpty();
        assertThat(log.lines).isEmpty();
    }

    private void prime() throws InterruptedException {
        beans.get(Priming.class).prime(PATIENT);
    }

    private void launch() throws IOException {
        var event = playground.delivery(playground.queueJob().id(), "queued");
        beans.get(PollLoop.class).handle(new String(event.json(Instant.now()), StandardCharsets.UTF_8));
        assertThat(loop().answers().getLast().getStatusCode()).isEqualTo(201);
    }

    private HandlerPollLoop loop() {
        return (HandlerPollLoop) beans.get(PollLoop.class);
    }

    private List<String> calls() {
        return playground.log().calls().stream().map(Call::name).toList();
    }

    private void set(String property, String variable) {
        propertiesBefore.put(property, System.getProperty(property));
        System.setProperty(property, String.valueOf(variables.get(variable)));
    }

    private static JsonNode json(byte[] line) {
        try {
            return MAPPER.readTree(line);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class LogLines extends Handler {

        private final List<String> lines = new CopyOnWriteArrayList<>();

        @Override
        public void publish(LogRecord line) {
            lines.add(line.getLevel() + " " + line.getMessage());
        }

        @Override
        public void flush() {
            // Each line is kept at once.
        }

        @Override
        public void close() {
            // There is nothing to close.
        }
    }
}
