package io.mayfly.github;

import io.mayfly.http.Answer;
import io.mayfly.time.Deadline;
import io.mayfly.time.Sleeper;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.InstantSource;

/**
 * Calls in the name of an installation. A token that was minted just now may not be known everywhere yet: what it is refused
 * is asked once more after a pause, before anybody is blamed or anything is taken for absent. A token that GitHub no longer
 * accepts is replaced once.
 */
@Singleton
class GitHubClient {

    private static final Duration PAUSE = Duration.ofMillis(500);

    private final GitHubHttp http;
    private final InstallationTokenMinter tokens;
    private final Sleeper sleeper;
    private final InstantSource clock;

    GitHubClient(GitHubHttp http, InstallationTokenMinter tokens, Sleeper sleeper, InstantSource clock) {
        this.http = http;
        this.tokens = tokens;
        this.sleeper = sleeper;
        this.clock = clock;
    }

    /** @param limit of each try */
    Answer call(String method, ApiPath path, byte[] body, InstalledScope at, Duration limit, Deadline deadline) {
        var token = tokens.get(at, deadline);
        var answer = send(method, path, body, at, token, limit, deadline);
        if (mayBeLag(answer, token) && deadline.allows(PAUSE.plus(PAUSE))) {
            sleeper.sleep(PAUSE);
            answer = send(method, path, body, at, token, limit, deadline);
        }
        if (answer.status() != 401) {
            return answer;
        }
        tokens.forget(at);
        return send(method, path, body, at, tokens.get(at, deadline), limit, deadline);
    }

    private boolean mayBeLag(Answer answer, MintedToken token) {
        return token.mayBeUnknown(clock.instant())
                && (answer.status() == 401
                        || answer.status() == 404
                        || (answer.status() == 403 && RateLimit.wait(answer, clock) == null));
    }

    private Answer send(
            String method,
            ApiPath path,
            byte[] body,
            InstalledScope at,
            MintedToken token,
            Duration limit,
            Deadline deadline) {
        var answer = http.send(
                method, path, new Caller.Installed(at.app(), at.installation()), token.value(), body, limit, deadline);
        if (answer.status() >= 200 && answer.status() < 300) {
            token.worked();
        }
        return answer;
    }
}
