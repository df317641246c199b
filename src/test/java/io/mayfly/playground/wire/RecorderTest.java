package io.mayfly.playground.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecorderTest {

    private static final ServerRequest REQUEST =
            new ServerRequest("GET", "/app?page=2", Map.of("user-agent", "mayfly"), "{\"a\":\n1}");

    @TempDir
    private Path folder;

    @Test
    void writesAnExchangeOnALine() throws IOException {
        Recorder.of(file().toString()).exchange(REQUEST, new ServerResponse(404, Map.of("X", "y"), "no\n"));

        JsonNode line = lines().getFirst();
        assertThat(line.path("method").asText()).isEqualTo("GET");
        assertThat(line.path("target").asText()).isEqualTo("/app?page=2");
        assertThat(line.at("/headers/user-agent").asText()).isEqualTo("mayfly");
        assertThat(line.path("body").asText()).isEqualTo("{\"a\":\n1}");
        assertThat(line.path("status").asInt()).isEqualTo(404);
        assertThat(line.at("/answerHeaders/X").asText()).isEqualTo("y");
        assertThat(line.path("answer").asText()).isEqualTo("no\n");
        assertThat(line.path("staged").asBoolean()).isFalse();
    }

    @Test
    void saysOfAnAnswerThatATestHasStagedIt() throws IOException {
        Recorder.of(file().toString()).exchange(REQUEST, new ServerResponse(200, Map.of(), "<html>").asStaged());

        assertThat(lines().getFirst().path("staged").asBoolean()).isTrue();
    }

    @Test
    void keepsARequestWhoseAnswerGotLost() throws IOException {
        Recorder.of(file().toString()).exchange(REQUEST, null);

        assertThat(lines().getFirst().has("status")).isFalse();
    }

    @Test
    void writesEventsBetweenExchanges() throws IOException {
        Recorder recorder = Recorder.of(file().toString());
        recorder.exchange(REQUEST, null);
        recorder.event("workflow_job", "{}");

        assertThat(lines()).hasSize(2);
        assertThat(lines().getLast().path("event").asText()).isEqualTo("workflow_job");
        assertThat(lines().getLast().path("payload").asText()).isEqualTo("{}");
    }

    @Test
    void beginsTheFileAnewAndMakesItsFolder() throws IOException {
        Recorder.of(file().toString()).event("ping", "{}");
        Recorder.of(file().toString()).event("workflow_job", "{}");

        assertThat(lines()).hasSize(1);
    }

    @Test
    void writesNothingUnasked() throws IOException {
        Recorder.of(null).exchange(REQUEST, null);
        Recorder.of("").event("ping", "{}");

        try (var files = Files.list(folder)) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void saysWhereNothingCanBeRecorded() throws IOException {
        Files.writeString(folder.resolve("file"), "");
        String inAFile = folder.resolve("file").resolve("recording").toString();

        assertThatThrownBy(() -> Recorder.of(inAFile))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining(inAFile);
    }

    private Path file() {
        return folder.resolve("deep").resolve("recording.jsonl");
    }

    private List<JsonNode> lines() throws IOException {
        return Files.readAllLines(file()).stream()
                .map(line -> Json.object(line).orElseThrow())
                .toList();
    }
}
