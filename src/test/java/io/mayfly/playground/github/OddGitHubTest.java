package io.mayfly.playground.github;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.mayfly.playground.wire.Emulation;
import io.mayfly.playground.wire.ManualClock;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the emulated GitHub does that few expect: other run states, runs without jobs, other names, odd entries. */
class OddGitHubTest {

    private static final String OLD = "octo/hello";
    private static final String NEW = "octo-labs/hi";
    private static final List<String> LABELS = List.of("linux");

    private final ManualClock clock = new ManualClock(Instant.parse("2026-11-24T12:00:00Z"));

    @AutoClose
    @SuppressWarnings("NullAway.Init")
    private GitHubEmulator gitHub;

    @AutoClose
    @SuppressWarnings("NullAway.Init")
    private PlainGitHubClient client;

    @SuppressWarnings("NullAway.Init")
    private String token;

    @BeforeEach
    void start() throws IOException {
        gitHub = GitHubEmulator.start(Emulation.of(clock));
        client = new PlainGitHubClient(gitHub);
        token = client.token(client.jwt(), Map.of());
    }

    @ParameterizedTest
    @ValueSource(strings = {"waiting", "pending", "requested", "held"})
    void showsARunInAnotherStateUntilItsLastJobHasEnded(String state) {
        var job = gitHub.jobs().queue(OLD, LABELS);
        gitHub.runs().showAs(job.runId(), state);

        assertThat(ids(runs(OLD, "?status=" + state))).containsExactly(job.runId());
        assertThat(ids(runs(OLD, "?status=queued"))).isEmpty();
        assertThat(runs(OLD, "").path(0).path("status").asText()).isEqualTo(state);

        gitHub.jobs().complete(job.id(), "success");

        assertThat(ids(runs(OLD, "?status=completed"))).containsExactly(job.runId());
    }

    @Test
    void listsAGhostForEverAndItHasNoJob() {
        gitHub.runs().addGhost(OLD, 7, "queued", clock.instant().minus(Duration.ofDays(40)));
        var job = gitHub.jobs().queue(OLD, LABELS);

        assertThat(ids(runs(OLD, "?status=queued"))).containsExactly(job.runId(), 7L);
        assertThat(ids(runs("octo/other", ""))).isEmpty();
        assertThat(client.get("/repos/octo/hello/actions/runs/7/jobs", token)
                        .body()
                        .path("total_count")
                        .asInt())
                .isZero();
    }

    @Test
    void sendsWhoeverReadsByAnOldNameToTheId() {
        var job = gitHub.jobs().queue(OLD, LABELS);
        gitHub.rename(OLD, NEW);

        var moved = client.get("/repos/Octo/Hello/actions/runs?status=queued&per_page=100", token);

        assertThat(moved.status()).isEqualTo(301);
        assertThat(moved.header("Location"))
                .hasValue(gitHub.url() + "/repositories/" + id() + "/actions/runs?status=queued&per_page=100");
        assertThat(ids(client.get(moved.header("Location").orElseThrow(), token)
                        .body()
                        .path("workflow_runs")))
                .containsExactly(job.runId());
        assertThat(ids(runs(NEW, ""))).containsExactly(job.runId());
    }

    @Test
    void sendsWhoeverChangesSomethingByAnOldNameToTheIdWithItsMethod() {
        var runner = gitHub.runners()
                .register("repos/" + OLD, "mayfly-1-1", LABELS, 1)
                .orElseThrow();
        gitHub.rename(OLD, NEW);

        var moved = client.delete("/repos/octo/hello/actions/runners/" + runner.id(), token);

        assertThat(moved.status()).isEqualTo(307);
        assertThat(gitHub.runners().registered()).hasSize(1);
        assertThat(client.delete(moved.header("Location").orElseThrow(), token).status())
                .isEqualTo(204);
        assertThat(gitHub.runners().registered()).isEmpty();
    }

    @Test
    void sendsOnUnderThePrefixOfAnEnterpriseServer() {
        gitHub.repositories().add(OLD, true);
        gitHub.rename(OLD, NEW);

        assertThat(client.get("/api/v3/repos/octo/hello", token).header("Location"))
                .hasValue(gitHub.url() + "/api/v3/repositories/" + id());
    }

    @Test
    void keepsTheIdOfARepositoryThroughAllItsNames() {
        gitHub.repositories().add(OLD, true);
        var id = id();
        gitHub.rename(OLD, "octo/second");
        gitHub.rename("octo/second", NEW);

        assertThat(id()).isEqualTo(id);
        assertThat(gitHub.repositories().current(OLD)).isEqualTo(NEW);
        assertThat(client.get("/repositories/" + id, token)
                        .body()
                        .path("full_name")
                        .asText())
                .isEqualTo(NEW);
    }

    @Test
    void showsTheNewNameInListsAndInEventsOfOldJobs() {
        var job = gitHub.jobs().queue(OLD, LABELS);
        gitHub.rename(OLD, NEW);

        assertThat(client.get("/installation/repositories", token)
                        .body()
                        .path("repositories")
                        .findValuesAsText("full_name"))
                .containsExactly(NEW);
        assertThat(gitHub.event(gitHub.jobs().find(job.id()).orElseThrow(), "queued", 1))
                .contains("\"full_name\":\"octo-labs/hi\"");
    }

    @Test
    void answersAtHomeWhenANameIsGivenAgain() {
        gitHub.repositories().add(OLD, true);
        gitHub.rename(OLD, NEW);
        gitHub.rename(NEW, OLD);

        assertThat(client.get("/repos/octo/hello", token).status()).isEqualTo(200);
        assertThat(client.get("/repos/octo-labs/hi", token).status()).isEqualTo(301);
    }

    @Test
    void showsAStrangeEntryOnceAmongTheOthers() {
        gitHub.jobs().queue(OLD, LABELS);
        gitHub.oddEntries().add("list-runs", "not even an object");

        assertThat(runs(OLD, "")).hasSize(2).contains(TextNode.valueOf("not even an object"));
        assertThat(runs(OLD, "?page=2")).isEmpty();

        gitHub.oddEntries().none();

        assertThat(runs(OLD, "")).hasSize(1);
    }

    @Test
    void showsAStrangeEntryInAListThatIsTheWholeAnswer() {
        gitHub.jobs().queue(OLD, LABELS);
        gitHub.oddEntries()
                .add("list-installations", Map.of("id", 9, "account", Map.of("slug", "acme", "type", "Enterprise")));

        assertThat(client.get("/app/installations", client.jwt()).body().findValuesAsText("slug"))
                .containsExactly("acme");
    }

    @Test
    void spoilsAMemberOfSomeEntriesForAWhile() {
        var first = gitHub.jobs().queue(OLD, LABELS);
        var second = gitHub.jobs().queue(OLD, LABELS);
        gitHub.oddEntries().spoil("list-runs", run -> run.path("id").asLong() == first.runId(), "id", null);

        assertThat(ids(runs(OLD, ""))).containsExactly(second.runId(), 0L);

        gitHub.oddEntries().spoilNothing();

        assertThat(ids(runs(OLD, ""))).containsExactly(second.runId(), first.runId());
    }

    private long id() {
        return gitHub.repositories().id(OLD);
    }

    private JsonNode runs(String repository, String query) {
        return client.get("/repos/" + repository + "/actions/runs" + query, token)
                .body()
                .path("workflow_runs");
    }

    private static List<Long> ids(JsonNode entries) {
        var ids = new ArrayList<Long>();
        entries.forEach(entry -> ids.add(entry.path("id").asLong()));
        return ids;
    }
}
