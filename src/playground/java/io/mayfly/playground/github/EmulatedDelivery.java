package io.mayfly.playground.github;

import io.mayfly.playground.wire.Json;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to deliver a webhook.
 *
 * @param guid the same for all attempts, as {@code X-GitHub-Delivery}
 * @param statusCode of the receiver's answer; 0 when there was none
 * @param url where it went: what the hook had then
 */
public record EmulatedDelivery(
        long id,
        String guid,
        Instant deliveredAt,
        boolean redelivery,
        int statusCode,
        String event,
        @Nullable String action,
        long installationId,
        long repositoryId,
        String payload,
        String url) {

    boolean succeeded() {
        return statusCode >= 200 && statusCode < 400;
    }

    public Map<String, @Nullable Object> summary() {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("id", id);
        json.put("guid", guid);
        json.put("delivered_at", deliveredAt.toString());
        json.put("redelivery", redelivery);
        json.put("duration", 0.27);
        json.put("status", status());
        json.put("status_code", statusCode);
        json.put("event", event);
        json.put("action", action);
        json.put("installation_id", installationId);
        json.put("repository_id", repositoryId);
        json.put("throttled_at", null);
        return json;
    }

    Map<String, @Nullable Object> detail() {
        Map<String, @Nullable Object> json = summary();
        json.put("url", url);
        json.put(
                "request",
                Map.of(
                        "headers", Map.of("X-GitHub-Delivery", guid, "X-GitHub-Event", event),
                        "payload", Json.object(payload).map(Object.class::cast).orElse(payload)));
        json.put("response", Map.of("headers", Map.of(), "payload", ""));
        return json;
    }

    private String status() {
        if (statusCode == 0) {
            return "timed out";
        }
        return succeeded() ? "OK" : "Invalid HTTP Response: " + statusCode;
    }
}
