package io.mayfly.playground.github;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Registers the app from a manifest. There is one app, which takes over what the manifest asks for.
 *
 * @see <a href="https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest">Registering
 *     a GitHub App from a manifest</a>
 */
final class Manifests {

    private static final Duration LIFETIME = Duration.ofHours(1);

    private final GitHubApp app;
    private final AppSettings settings;
    private final EmulatedDeliveries deliveries;
    private final InstantSource clock;
    private final Map<String, Instant> codes = new ConcurrentHashMap<>();
    private volatile Set<String> organizations = Set.of("octo-org");

    Manifests(GitHubApp app, AppSettings settings, EmulatedDeliveries deliveries, InstantSource clock) {
        this.app = app;
        this.settings = settings;
        this.deliveries = deliveries;
        this.clock = clock;
    }

    /** The organizations whose owner is signed in; of others GitHub says that there is no such page. */
    void organizations(Set<String> value) {
        organizations = Set.copyOf(value);
    }

    boolean owns(String organization) {
        return organizations.contains(organization);
    }

    /** Makes all codes too old. */
    void expire() {
        codes.replaceAll((code, until) -> Instant.EPOCH);
    }

    /** Makes the app, and a code for its credentials. An app with an active webhook is delivered a ping. */
    String register(String owner, JsonNode manifest) {
        settings.register(owner, manifest, "generated-" + UUID.randomUUID());
        if (manifest.path("hook_attributes").path("active").asBoolean(true)) {
            deliveries.record(
                    UUID.randomUUID().toString(), "ping", null, "{\"zen\":\"Keep it logically awesome.\"}", 405);
        }
        String code = UUID.randomUUID().toString().replace("-", "");
        codes.put(code, clock.instant().plus(LIFETIME));
        return code;
    }

    /** The app's credentials, once. */
    Map<String, Object> convert(String code, String web) {
        Instant until = codes.remove(code);
        if (until == null || !clock.instant().isBefore(until)) {
            throw GitHubError.notFound();
        }
        Map<String, Object> json = new LinkedHashMap<>(settings.json(app, web));
        json.put("client_secret", UUID.randomUUID().toString());
        json.put("webhook_secret", settings.hook().secret());
        json.put("pem", app.privateKeyPem());
        return json;
    }
}
