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
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Registers apps from manifests. One with a webhook is the app of this emulator, which takes over what the manifest asks for; one
 * without is another one, which joins it.
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
    private final Function<GitHubApp, AppSettings> joining;
    private final Map<String, Made> codes = new ConcurrentHashMap<>();
    private volatile Set<String> organizations = Set.of("octo-org");

    /** @param joining takes in another app */
    Manifests(
            GitHubApp app,
            AppSettings settings,
            EmulatedDeliveries deliveries,
            InstantSource clock,
            Function<GitHubApp, AppSettings> joining) {
        this.joining = joining;
        this.app = app;
        this.settings = settings;
        this.deliveries = deliveries;
        this.clock = clock;
    }

    /** An app whose credentials can be had until then. */
    private record Made(GitHubApp app, AppSettings settings, Instant until) {}

    /** The organizations whose owner is signed in; of others GitHub says that there is no such page. */
    void organizations(Set<String> value) {
        organizations = Set.copyOf(value);
    }

    boolean owns(String organization) {
        return organizations.contains(organization);
    }

    /** Makes all codes too old. */
    void expire() {
        codes.replaceAll((code, made) -> new Made(made.app(), made.settings(), Instant.EPOCH));
    }

    /** Makes the app, and a code for its credentials. An app with an active webhook is delivered a ping. */
    String register(String owner, JsonNode manifest) {
        if (!manifest.has("hook_attributes")) {
            GitHubApp other = GitHubApp.generate(app.id() + 1, app.clientId() + "2");
            AppSettings others = joining.apply(other);
            others.register(owner, manifest, "");
            return code(other, others);
        }
        settings.register(owner, manifest, "generated-" + UUID.randomUUID());
        if (manifest.path("hook_attributes").path("active").asBoolean(true)) {
            deliveries.record(
                    UUID.randomUUID().toString(), "ping", null, "{\"zen\":\"Keep it logically awesome.\"}", 405);
        }
        return code(app, settings);
    }

    private String code(GitHubApp made, AppSettings settingsOfIt) {
        String code = UUID.randomUUID().toString().replace("-", "");
        codes.put(code, new Made(made, settingsOfIt, clock.instant().plus(LIFETIME)));
        return code;
    }

    /** The app's credentials, once. */
    Map<String, @Nullable Object> convert(String code, String web) {
        Made made = codes.remove(code);
        if (made == null || !clock.instant().isBefore(made.until())) {
            throw GitHubError.notFound();
        }
        Map<String, @Nullable Object> json = new LinkedHashMap<>(made.settings().json(made.app(), web));
        json.put("client_secret", UUID.randomUUID().toString());
        String secret = made.settings().hook().secret();
        json.put("webhook_secret", secret.isEmpty() ? null : secret);
        json.put("pem", made.app().privateKeyPem());
        return json;
    }
}
