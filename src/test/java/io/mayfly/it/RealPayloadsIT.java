package io.mayfly.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mayfly.playground.github.EmulatedInstallation;
import io.mayfly.playground.github.EmulatedJob;
import io.mayfly.playground.host.FunctionAnswer;
import io.mayfly.playground.world.Playground;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * GitHub's own example payloads, byte for byte (npm {@code @octokit/webhooks-examples}, MIT). They are not part of this
 * repository: the folder is {@code MAYFLY_PAYLOADS}, or {@code ../shared/payloads}; without it this is skipped.
 */
class RealPayloadsIT {

    private static final Path FOLDER = Path.of(System.getenv().getOrDefault("MAYFLY_PAYLOADS", "../shared/payloads"));
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Function function = new Function().with("MAYFLY_ALLOW_PUBLIC_REPOSITORIES", "true");
    private final Playground playground = function.playground();

    @BeforeEach
    void needsTheFolder() {
        assumeTrue(Files.isDirectory(FOLDER), "no payloads at " + FOLDER);
    }

    @AfterEach
    void close() {
        function.close();
    }

    @Test
    void answersEveryOneOfThem() throws IOException {
        var seen = 0;
        for (var file : payloads()) {
            var event = file.getFileName().toString().replaceFirst("^(api\\.github\\.com|ghes-35)\\.", "");
            event = event.substring(0, event.indexOf('.'));

            var answer = function.deliver(event, Files.readAllBytes(file));

            assertThat(answer.status()).as("%s: %s", file, answer).isEqualTo(200);
            assertThat(answer.field("outcome")).as("%s: %s", file, answer).isEqualTo("ignored");
            seen++;
        }
        assertThat(seen).isGreaterThan(30);
        assertThat(function.live()).isEmpty();
    }

    @Test
    void launchesAndEndsTheJobOfTheExamples() throws IOException {
        var queued = (ObjectNode) MAPPER.readTree(
                FOLDER.resolve("api.github.com.workflow_job.6.queued.json").toFile());
        var repository = queued.at("/repository/full_name").asText();
        var job = playground
                .github()
                .jobs()
                .queue(EmulatedJob.queued(
                        queued.at("/workflow_job/id").asLong(), repository, Playground.LABELS, function.now()));
        playground.github().repositories().add(repository, false);
        playground
                .github()
                .installations()
                .register(EmulatedInstallation.on(queued.at("/installation/id").asLong(), job.owner()));
        function.withPool(pool -> pool.putArray("labels").add("self-hosted").add("k8s"));

        assertThat(deliver(queued).field("reason")).isEqualTo("job status is not queued");
        queued.withObject("workflow_job").put("status", "queued");
        assertThat(deliver(queued).field("outcome"))
                .as("it is behind an environment, and old")
                .isEqualTo("handed-over");
        queued.remove("deployment");
        queued.withObject("workflow_job").put("created_at", function.now().toString());
        var launched = deliver(queued);
        assertThat(launched.status()).as(launched.toString()).isEqualTo(201);

        var instance = function.claimed(function.live().getFirst());
        function.takesJob(instance, job);
        function.finishes(instance, job);
        var completed = (ObjectNode) MAPPER.readTree(
                FOLDER.resolve("api.github.com.workflow_job.2.completed.json").toFile());
        completed.set("repository", queued.get("repository"));
        completed
                .withObject("workflow_job")
                .put("id", job.id())
                .put("runner_id", Function.runnerId(instance))
                .put("runner_name", launched.field("runner"));
        assertThat(deliver(completed).field("outcome")).isEqualTo("terminated");
        assertThat(function.live()).isEmpty();
    }

    private FunctionAnswer deliver(ObjectNode payload) {
        return function.deliver("workflow_job", payload.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static List<Path> payloads() throws IOException {
        try (var files = Files.list(FOLDER)) {
            return files.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .toList();
        }
    }
}
