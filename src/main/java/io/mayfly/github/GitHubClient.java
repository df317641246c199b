package io.mayfly.github;

import io.mayfly.http.Answer;
import io.mayfly.time.Deadline;
import jakarta.inject.Singleton;
import java.time.Duration;

/** Calls in the name of an installation. A token that GitHub no longer accepts is replaced once. */
@Singleton
class GitHubClient {

    private final GitHubHttp http;
    private final InstallationTokens tokens;

    GitHubClient(GitHubHttp http, InstallationTokens tokens) {
        this.http = http;
        this.tokens = tokens;
    }

    Answer call(
            String method,
            String path,
            byte[] body,
            long installation,
            Scope scope,
            Duration limit,
            Deadline deadline) {
        var answer = http.send(method, path, tokens.get(installation, scope, deadline), body, deadline.limit(limit));
        if (answer.status() != 401) {
            return answer;
        }
        tokens.forget(installation, scope);
        return http.send(method, path, tokens.get(installation, scope, deadline), body, deadline.limit(limit));
    }
}
