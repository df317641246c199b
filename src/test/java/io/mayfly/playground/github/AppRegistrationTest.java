package io.mayfly.playground.github;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.mayfly.playground.wire.Emulation;
import io.mayfly.playground.wire.Json;
import io.mayfly.playground.wire.ManualClock;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AppRegistrationTest {

    private static final GitHubApp APP = GitHubApp.generate();
    private static final JsonNode MANIFEST = Json.object("""
        {"name": "Mayfly octo", "url": "https://example.com", "redirect_url": "http://127.0.0.1/created",
         "hook_attributes": {"url": "https://example.com/hook", "active": true},
         "default_permissions": {"actions": "read"}, "default_events": ["workflow_job"]}
        """).orElseThrow();

    private final ManualClock clock = new ManualClock(Instant.parse("2026-11-24T12:00:00Z"));

    @AutoClose
    @SuppressWarnings("NullAway.Init")
    private GitHubEmulator gitHub;

    @AutoClose
    @SuppressWarnings("NullAway.Init")
    private PlainGitHubClient client;

    @BeforeEach
    void start() throws IOException {
        gitHub = GitHubEmulator.start(Emulation.of(clock), APP, 0);
        client = new PlainGitHubClient(gitHub);
    }

    @Test
    void givesTheCredentialsOnce() {
        String code = gitHub.manifests().register("octo-org", MANIFEST);

        PlainGitHubClient.Answer answer = convert(code);
        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.body().path("pem").asText()).isEqualTo(APP.privateKeyPem());
        assertThat(answer.body().path("webhook_secret").asText()).isNotEmpty();
        assertThat(answer.body().path("slug").asText()).isEqualTo("mayfly-octo");
        assertThat(answer.body().path("permissions").path("actions").asText()).isEqualTo("read");
        assertThat(convert(code).status()).isEqualTo(404);
    }

    @Test
    void takesNoCodeAfterAnHour() {
        String code = gitHub.manifests().register("octo-org", MANIFEST);

        clock.advance(Duration.ofHours(1));

        assertThat(convert(code).status()).isEqualTo(404);
    }

    @Test
    void deliversPingToAnActiveWebhook() {
        gitHub.manifests().register("octo-org", MANIFEST);

        assertThat(gitHub.deliveries().all())
                .extracting(EmulatedDelivery::event)
                .containsExactly("ping");
    }

    @Test
    void changesWhatIsGivenOfTheWebhookAndHidesItsSecret() {
        gitHub.manifests().register("octo-org", MANIFEST);

        client.call("PATCH", "/app/hook/config", client.jwt(), Map.of("url", "https://example.org/webhook"));

        assertThat(gitHub.settings().hook().url()).isEqualTo("https://example.org/webhook");
        JsonNode shown = client.get("/app/hook/config", client.jwt()).body();
        assertThat(shown.path("content_type").asText()).isEqualTo("json");
        assertThat(shown.path("secret").asText()).isEqualTo("********");
    }

    @Test
    void refusesTokensOfASuspendedInstallation() {
        gitHub.installations().register(EmulatedInstallation.on(1, "octo-org"));
        gitHub.installations().suspend(1);

        assertThat(client.post("/app/installations/1/access_tokens", client.jwt(), Map.of())
                        .status())
                .isEqualTo(403);
        assertThat(client.get("/app/installations", client.jwt())
                        .body()
                        .path(0)
                        .path("suspended_at")
                        .asText())
                .isEqualTo("2026-11-24T12:00:00Z");
    }

    private PlainGitHubClient.Answer convert(String code) {
        return client.call("POST", "/app-manifests/" + code + "/conversions", null, Map.of());
    }
}
