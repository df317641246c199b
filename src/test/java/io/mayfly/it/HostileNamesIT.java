package io.mayfly.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mayfly.playground.world.Playground;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names that somebody has chosen to forge a line of the log, or to get out of the string they belong into. */
class HostileNamesIT {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final String MARK = "forged-7f3a";
    private static final String LINE =
            "x\r\n{\"level\":\"ERROR\",\"message\":\"" + MARK + "\"}\n" + MARK + " \u001b[2J\u202e $(id) `id` '\"\\";

    private final Function function = new Function().verbose();
    private final Playground playground = function.playground();

    @AfterEach
    void close() {
        function.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"queued", "in_progress", "completed"})
    void writeNoLineOfTheirOwn(String action) {
        var job = playground.queueJob();

        for (var change : List.<Consumer<ObjectNode>>of(
                payload -> job(payload)
                        .put("workflow_name", LINE)
                        .put("head_branch", LINE)
                        .put("name", LINE),
                payload -> job(payload).putArray("labels").add("self-hosted").add(LINE),
                payload -> job(payload).put("runner_id", 7).put("runner_name", "mayfly-1-1" + LINE),
                payload -> job(payload).put("conclusion", LINE).put("status", LINE),
                payload -> payload.put("action", LINE),
                payload -> ((ObjectNode) payload.path("repository")).put("full_name", "octo-org/" + LINE),
                payload -> payload.putObject("organization").put("login", LINE))) {
            assertThat(function.deliver(job, action, change).status()).isLessThan(500);
        }

        var named = function.log().lines().filter(line -> line.contains(MARK)).toList();
        assertThat(named).as("something was said of them").isNotEmpty();
        assertThat(named)
                .allSatisfy(line -> assertThatCode(() -> MAPPER.readTree(line))
                        .as("one whole JSON object: %s", line)
                        .doesNotThrowAnyException());
        assertThat(named).noneMatch(line -> line.startsWith(MARK) || line.contains("\u001b"));
    }

    @Test
    void reachNeitherTagsNorUserData() {
        var job = playground.queueJob();

        var answer = function.deliver(
                job,
                "queued",
                payload -> job(payload)
                        .put("workflow_name", LINE)
                        .put("head_branch", LINE)
                        .put("name", LINE));

        assertThat(answer.status()).isEqualTo(201);
        var instance = function.live().getFirst();
        assertThat(instance.tags().toString()).doesNotContain(MARK);
        assertThat(instance.userData()).doesNotContain(MARK);
    }

    private static ObjectNode job(ObjectNode payload) {
        return (ObjectNode) payload.path("workflow_job");
    }
}
