package io.mayfly.playground.github;

import io.mayfly.playground.wire.Json;
import io.mayfly.playground.wire.ServerResponse;
import java.util.LinkedHashMap;
import java.util.Map;

/** An error answer of GitHub's REST API. */
final class GitHubError extends RuntimeException {

    private static final String DOCUMENTATION = "https://docs.github.com/rest";

    private final int status;
    private final Map<String, String> headers;

    GitHubError(int status, String message) {
        this(status, message, Map.of());
    }

    GitHubError(int status, String message, Map<String, String> headers) {
        super(message);
        this.status = status;
        this.headers = headers;
    }

    static GitHubError notFound() {
        return new GitHubError(404, "Not Found");
    }

    ServerResponse response() {
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.put("Content-Type", "application/json; charset=utf-8");
        Map<String, String> body = new LinkedHashMap<>();
        body.put("message", String.valueOf(getMessage()));
        body.put("documentation_url", DOCUMENTATION);
        body.put("status", String.valueOf(status));
        return new ServerResponse(status, all, Json.write(body));
    }
}
