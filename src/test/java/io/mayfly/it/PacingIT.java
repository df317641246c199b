package io.mayfly.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mayfly.playground.github.EmulatedJob;
import io.mayfly.playground.host.FunctionUrlEvent;
import io.mayfly.playground.wire.Fault;
import io.mayfly.playground.world.Playground;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A batch stops where as many instances of an owner wait for GitHub as it registers in a minute. */
class PacingIT {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final int A_MINUTE = 180;

    /** Time passes only where the sweep waits. */
    private final Function function = Function.within();

    private final Playground playground = function.playground();
    private long lastJob = 9000;

    @BeforeEach
    void haveRoomInThePool() {
        function.withPool(pool -> pool.put("maxRunners", 1000));
    }

    @AfterEach
    void close() {
        function.close();
    }

    @Test
    void launchesNoMoreThanGitHubRegistersInAMinute() {
        waitingForGitHub(A_MINUTE - 2, Map.of());
        queue(5);

        var report = sweep();

        assertThat(launched(report)).isEqualTo(2);
        assertThat(report.path("complete").asBoolean()).isFalse();
        assertThat(report.path("skipped").toString())
                .contains("3 instances of pool linux-x64 for repos/octo-org/hello-world")
                .contains("GitHub registers no more runners in a minute");
        assertThat(report.path("errors")).isEmpty();
    }

    @Test
    void goesOnWhenClaimsHaveMadeRoom() {
        var waiting = waitingForGitHub(A_MINUTE - 2, Map.of());
        queue(5);
        playground.aws().faults().hook(call -> {
            if (call.name().equals("RunInstances")) {
                claimed(waiting.subList(0, 2));
            }
            return Fault.PROCEED;
        });

        var report = sweep();

        assertThat(launched(report)).isEqualTo(4);
        assertThat(report.path("launched")).hasSize(2);
        assertThat(report.path("skipped").toString()).contains("1 instances of pool linux-x64");
    }

    @Test
    void aFurtherAppDoublesThePace() {
        function.withApp(2);
        waitingForGitHub(2 * A_MINUTE - 2, Map.of());
        queue(5);

        assertThat(launched(sweep())).isEqualTo(2);
    }

    @Test
    void anAppThatCannotBeReadDoesNot() {
        playground.parameter("github-app-2", "{}");
        waitingForGitHub(A_MINUTE - 2, Map.of());
        queue(5);

        assertThat(launched(sweep())).isEqualTo(2);
    }

    @Test
    void doesNotCountWhatAsksGitHubForNothing() {
        waitingForGitHub(A_MINUTE, Map.of("mayfly:withdrawn", function.now().getEpochSecond() + " 1"));
        waitingForGitHub(A_MINUTE, Map.of("mayfly:runner-id", "77"));
        waitingForGitHub(A_MINUTE, Map.of("mayfly:scope", "repos/somebody-else/hello-world"));
        queue(5);

        assertThat(launched(sweep())).isEqualTo(5);
    }

    @Test
    void doesNotHoldBackAWebhook() {
        waitingForGitHub(A_MINUTE, Map.of());

        function.launched(playground.queueJob());
    }

    @Test
    void countsAnewBeforeEachBatchSoThatThePoolIsExceededByOneAtMost() {
        function.withPool(pool -> pool.put("maxRunners", 6));
        queue(2);
        assertThat(launched(sweep())).isEqualTo(2);
        // Another environment has launched, at the moment at which this one would have remembered its count.
        waitingForGitHub(3, Map.of());
        queue(4);

        assertThat(launched(sweep())).as("six in the pool").isEqualTo(1);
        assertThat(function.live()).hasSize(6);
    }

    /** Instances for another repository of the owner, which have not claimed yet. */
    private List<String> waitingForGitHub(int number, Map<String, String> more) {
        var ids = new ArrayList<String>();
        for (var one = 0; one < number; one++) {
            var tags = new HashMap<>(Map.of(
                    "mayfly:deployment", "default",
                    "mayfly:pool", "linux-x64",
                    "mayfly:scope", "repos/octo-org/other",
                    "mayfly:scope-id", "5",
                    "mayfly:repository", "octo-org/other",
                    "mayfly:installation", Long.toString(Playground.INSTALLATION),
                    "mayfly:job", Long.toString(++lastJob),
                    "mayfly:timeouts", "600/300/43200"));
            tags.putAll(more);
            ids.add(playground
                    .aws()
                    .instances()
                    .add(tags, function.now().minusSeconds(20))
                    .id());
        }
        return ids;
    }

    private void claimed(List<String> ids) {
        playground.aws().instances().tag(ids, Map.of("mayfly:runner-id", "77"));
    }

    private void queue(int jobs) {
        for (var number = 0; number < jobs; number++) {
            playground
                    .github()
                    .jobs()
                    .queue(EmulatedJob.queued(
                            ++lastJob,
                            Playground.REPOSITORY,
                            Playground.LABELS,
                            function.now().minus(Duration.ofMinutes(2))));
        }
    }

    private JsonNode sweep() {
        var result = function.invoke(FunctionUrlEvent.sweep(function.now()));
        assertThat(result.failed()).as(result.text()).isFalse();
        try {
            return MAPPER.readTree(MAPPER.readTree(result.text()).path("body").asText());
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int launched(JsonNode report) {
        var number = 0;
        for (var launch : report.path("launched")) {
            number += launch.path("count").asInt();
        }
        return number;
    }
}
