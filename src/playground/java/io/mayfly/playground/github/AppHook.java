package io.mayfly.playground.github;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/** The app's webhook. */
record AppHook(String url, String contentType, String secret) {

    static final AppHook NONE = new AppHook("", "form", "");

    private static final String HIDDEN = "********";

    /** The same hook with what a client changes; the rest stays. */
    AppHook with(JsonNode changes) {
        return new AppHook(
                changes.path("url").asText(url),
                changes.path("content_type").asText(contentType),
                changes.path("secret").asText(secret));
    }

    /** GitHub shows no secret. */
    Map<String, String> json() {
        return secret.isEmpty()
                ? Map.of("url", url, "content_type", contentType, "insecure_ssl", "0")
                : Map.of("url", url, "content_type", contentType, "insecure_ssl", "0", "secret", HIDDEN);
    }

    @Override
    public String toString() {
        return "webhook to " + url;
    }
}
