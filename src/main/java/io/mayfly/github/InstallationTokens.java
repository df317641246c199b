package io.mayfly.github;

import io.mayfly.outcome.ConfigurationException;
import io.mayfly.time.Deadline;
import io.mayfly.time.TimeLimits;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * Installation tokens, narrowed to the permissions in use. They live an hour and are remembered until 5 minutes before
 * their end. A token is opaque: GitHub's newer ones have about 520 characters.
 */
@Singleton
class InstallationTokens {

    /** What a header can carry. */
    private static final Pattern TOKEN = Pattern.compile("[\\x21-\\x7e]+");

    private static final Duration MARGIN = Duration.ofMinutes(5);

    private final AppJwt jwt;
    private final GitHubHttp http;
    private final GitHubAnswers answers;
    private final TimeLimits limits;
    private final InstantSource clock;
    private final Map<Key, Token> tokens = new ConcurrentHashMap<>();

    InstallationTokens(AppJwt jwt, GitHubHttp http, GitHubAnswers answers, TimeLimits limits, InstantSource clock) {
        this.jwt = jwt;
        this.http = http;
        this.answers = answers;
        this.limits = limits;
        this.clock = clock;
    }

    private record Key(long installation, String permission) {}

    private record Token(String value, Instant expiresAt) {

        @Override
        public String toString() {
            return "Token[until " + expiresAt + "]";
        }
    }

    /** A token of the installation that may do what runners of the scope take, and read jobs. */
    String get(long installation, Scope scope, Deadline deadline) {
        var key = new Key(installation, scope.permission());
        var known = tokens.get(key);
        if (known != null && clock.instant().isBefore(known.expiresAt().minus(MARGIN))) {
            return known.value();
        }
        var minted = mint(key, deadline);
        tokens.put(key, minted);
        return minted.value();
    }

    /** Forgets a token that GitHub has refused. */
    void forget(long installation, Scope scope) {
        tokens.remove(new Key(installation, scope.permission()));
    }

    private Token mint(Key key, Deadline deadline) {
        var call = "POST /app/installations/" + key.installation() + "/access_tokens";
        var body = "{\"permissions\":{\"actions\":\"read\",\"" + key.permission() + "\":\"write\"}}";
        var answer = http.send(
                "POST",
                "/app/installations/" + key.installation() + "/access_tokens",
                jwt.take(),
                body.getBytes(StandardCharsets.UTF_8),
                deadline.limit(limits.token()));
        if (answer.status() == 404) {
            throw new ConfigurationException(
                    "MAYFLY_GITHUB_APP_ID, MAYFLY_GITHUB_PRIVATE_KEY",
                    "this app has no installation " + key.installation() + " (request "
                            + GitHubAnswers.requestId(answer) + ")");
        }
        if (answer.status() == 422) {
            throw new ConfigurationException(
                    "GitHub App permissions actions: read and " + key.permission() + ": write",
                    "not granted to installation " + key.installation() + " (request " + GitHubAnswers.requestId(answer)
                            + ")");
        }
        if (answer.status() != 201 && answer.status() != 200) {
            throw answers.refused(answer, call, "actions: read, " + key.permission() + ": write");
        }
        var json = answers.json(answer, call);
        var token = json.path("token").asText("");
        if (!TOKEN.matcher(token).matches()) {
            throw answers.notUnderstood(call, answer);
        }
        try {
            return new Token(token, Instant.parse(json.path("expires_at").asText("")));
        } catch (DateTimeException e) {
            throw answers.notUnderstood(call, answer);
        }
    }
}
