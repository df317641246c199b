package io.mayfly.playground.github;

import com.fasterxml.jackson.databind.JsonNode;
import io.mayfly.playground.wire.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What the app's owner has set at GitHub: name, permissions, events and webhook.
 *
 * @see <a href="https://docs.github.com/en/rest/apps/webhooks">REST API endpoints for GitHub App webhooks</a>
 */
final class AppSettings {

    private String name = "Mayfly";
    private String owner = "octo-org";
    private Map<String, String> permissions = EmulatedInstallation.USUAL_PERMISSIONS;
    private List<String> events = List.of("workflow_job");
    private AppHook hook = AppHook.NONE;

    /** Takes over what a manifest asks for. */
    synchronized void register(String appOwner, JsonNode manifest, String secret) {
        Map<String, String> asked = new LinkedHashMap<>();
        manifest.path("default_permissions")
                .properties()
                .forEach(entry -> asked.put(entry.getKey(), entry.getValue().asText()));
        asked.put("metadata", "read");
        owner = appOwner;
        name = manifest.path("name").asText();
        permissions = asked;
        events = Json.texts(manifest.path("default_events"));
        hook = new AppHook(manifest.path("hook_attributes").path("url").asText(), "json", secret);
    }

    synchronized void permissions(Map<String, String> value) {
        permissions = Map.copyOf(value);
    }

    synchronized void events(List<String> value) {
        events = List.copyOf(value);
    }

    synchronized AppHook hook() {
        return hook;
    }

    synchronized void hook(AppHook value) {
        hook = value;
    }

    String slug() {
        return name().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
    }

    private synchronized String name() {
        return name;
    }

    synchronized Map<String, Object> json(GitHubApp app, String web) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", app.id());
        json.put("client_id", app.clientId());
        json.put("slug", slug());
        json.put("name", name);
        json.put("owner", Map.of("login", owner, "type", "Organization"));
        json.put("html_url", web + "/apps/" + slug());
        json.put("permissions", permissions);
        json.put("events", events);
        return json;
    }
}
