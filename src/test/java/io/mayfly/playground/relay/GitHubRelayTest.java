package io.mayfly.playground.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.mayfly.playground.github.EmulatedInstallation;
import io.mayfly.playground.github.EmulatedRunner;
import io.mayfly.playground.github.GitHubApp;
import io.mayfly.playground.github.GitHubEmulator;
import io.mayfly.playground.github.PlainGitHubClient;
import io.mayfly.playground.wire.Emulation;
import io.mayfly.playground.wire.ManualClock;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What stands between the function and a real GitHub, for which a second emulator stands here. */
class GitHubRelayTest {

    private static final GitHubApp APP = GitHubApp.generate();

    private final ManualClock clock = new ManualClock(Instant.parse("2026-11-24T12:00:00Z"));

    @AutoClose
    @SuppressWarnings("NullAway.Init")
    private GitHubEmulator gitHub;

    @AutoClose
    @SuppressWarnings("NullAway.Init")
    private GitHubEmulator relay;

    @AutoClose
    @SuppressWarnings("NullAway.Init")
    private PlainGitHubClient client;

    @BeforeEach
    void start() throws IOException {
        gitHub = GitHubEmulator.start(Emulation.of(clock), APP, 0);
        gitHub.repositories().add("octo-org/hello-world", true);
        gitHub.installations().register(EmulatedInstallation.on(1, "octo-org"));
        var credentials =
                new AppCredentials(URI.create(gitHub.url() + "/api/v3"), APP, APP.privateKeyPem(), "pa$$w${x}ord");
        relay = GitHubEmulator.relay(Emulation.of(clock), APP, new AppClient(credentials, clock)::pass);
        client = new PlainGitHubClient(relay);
    }

    @Test
    void passesRequestsAndAnswersOn() {
        var token = client.post("/app/installations/1/access_tokens", client.jwt(), Map.of());
        assertThat(token.status()).isEqualTo(201);
        assertThat(token.header("x-ratelimit-remaining")).isPresent();

        var runner = client.post(
                "/repos/octo-org/hello-world/actions/runners/generate-jitconfig",
                token.body().path("token").asText(),
                Map.of("name", "r", "runner_group_id", 1, "labels", List.of("x64")));
        assertThat(runner.status()).isEqualTo(201);
        assertThat(gitHub.runners().registered())
                .extracting(EmulatedRunner::name)
                .containsExactly("r");
        assertThat(relay.runners().registered()).isEmpty();
        assertThat(relay.log().names()).containsExactly("token", "generate-jitconfig");

        var gone = client.call(
                "DELETE",
                "/repos/octo-org/hello-world/actions/runners/"
                        + runner.body().path("runner").path("id").asLong(),
                token.body().path("token").asText(),
                null);
        assertThat(gone.status()).isEqualTo(204);
        assertThat(gitHub.runners().registered()).isEmpty();
    }

    @Test
    void passesRefusalsOn() {
        assertThat(client.get("/app", "no JWT").status()).isEqualTo(401);
        assertThat(client.get("/nowhere", client.jwt()).status()).isEqualTo(404);
    }

    @Test
    void hasTheNextPageAskedForHere() {
        for (int i = 2; i < 5; i++) {
            gitHub.installations().register(EmulatedInstallation.on(i, "octo-org"));
        }

        var first = client.get("/app/installations?per_page=2", client.jwt());

        assertThat(first.next().orElseThrow()).startsWith(relay.url() + "/app/installations?");
        assertThat(client.get(first.next().orElseThrow(), client.jwt()).body()).hasSize(2);
    }

    @Test
    void hasDeliveriesOfItsOwn() {
        gitHub.deliveries().record("there", "workflow_job", "queued", "{}", 404);
        relay.deliveries().record("here", "workflow_job", "queued", "{}", 503);

        var list = client.get("/app/hook/deliveries", client.jwt()).body();
        assertThat(list).hasSize(1);
        assertThat(list.path(0).path("guid").asText()).isEqualTo("here");
        assertThat(client.get("/app/hook/deliveries", "no JWT").status()).isEqualTo(401);

        var id = list.path(0).path("id").asLong();
        var asked = client.post("/app/hook/deliveries/" + id + "/attempts", client.jwt(), Map.of());
        assertThat(asked.status()).isEqualTo(202);
        assertThat(relay.deliveries().redelivered()).hasSize(1);
        assertThat(gitHub.deliveries().redelivered()).isEmpty();
    }

    @Test
    void answersForAGitHubThatDoesNot() {
        gitHub.close();

        var answer = client.get("/app", client.jwt());

        assertThat(answer.status()).isEqualTo(502);
        assertThat(answer.message()).contains("does not answer");
    }

    @Test
    void canBeMadeToFail() {
        relay.faults().on("*").times(1).answer(500);

        assertThat(client.get("/app", client.jwt()).status()).isEqualTo(500);
        clock.advance(Duration.ofSeconds(1));
        assertThat(client.get("/app", client.jwt()).status()).isEqualTo(200);
    }
}
