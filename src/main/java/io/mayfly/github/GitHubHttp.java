package io.mayfly.github;

import io.mayfly.config.Settings;
import io.mayfly.http.Answer;
import io.mayfly.http.Connections;
import io.mayfly.http.Request;
import io.mayfly.metrics.Measurements;
import io.mayfly.metrics.Service;
import io.mayfly.outcome.UnavailableException;
import io.mayfly.time.Deadline;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import org.jboss.logging.Logger;

/** Requests as GitHub's REST API wants them. */
@Singleton
class GitHubHttp {

    private static final Logger LOG = Logger.getLogger(GitHubHttp.class);

    /** Versioned by date; 2022-11-28 is the one that github.com and all supported Enterprise Servers know. */
    private static final String API_VERSION = "2022-11-28";

    /** What was renamed or transferred is there under another address. */
    private static final Set<Integer> REDIRECTIONS = Set.of(301, 302, 307, 308);

    private static final int MOST_REDIRECTIONS = 2;

    /** Of a request that sends nothing. */
    static final byte[] NO_BODY = {};

    private final Settings settings;
    private final Connections connections;
    private final RateLimits limits;
    private final GitHubClock githubClock;
    private final Measurements measurements;
    private final InstantSource clock;

    GitHubHttp(
            Settings settings,
            Connections connections,
            RateLimits limits,
            GitHubClock githubClock,
            Measurements measurements,
            InstantSource clock) {
        this.settings = settings;
        this.connections = connections;
        this.limits = limits;
        this.githubClock = githubClock;
        this.measurements = measurements;
        this.clock = clock;
    }

    /**
     * Sends a request and reads the whole answer. A redirection is followed to the same thing under another name, on the same
     * host; elsewhere nothing is sent, a token least of all.
     *
     * @param body JSON, empty for none
     * @param limit of each try
     * @throws UnavailableException when there is no answer in time
     * @throws RateLimitedException when GitHub has said that it takes no call now
     */
    Answer send(
            String method, ApiPath path, Caller caller, String bearer, byte[] body, Duration limit, Deadline deadline) {
        var answer = send(method, path, caller, bearer, body, deadline.limit(limit));
        for (var hop = 0; hop < MOST_REDIRECTIONS && REDIRECTIONS.contains(answer.status()); hop++) {
            var location = answer.header("location");
            var target = location == null ? null : path.redirectedTo(location, settings.githubApiUrl());
            if (target == null) {
                throw new UnavailableException("GitHub redirected " + method + " " + path.place()
                        + " to where nothing is sent (status " + answer.status() + ", request "
                        + GitHubAnswers.requestId(answer) + ")");
            }
            answer = send(method, target, caller, bearer, body, deadline.limit(limit));
        }
        return answer;
    }

    private Answer send(String method, ApiPath path, Caller caller, String bearer, byte[] body, Duration limit) {
        limits.check(caller, method + " " + path.place());
        var request = new Request(
                method,
                URI.create(settings.githubApiUrl() + path.toString()),
                Map.of(
                        "Accept", "application/vnd.github+json",
                        "Authorization", "Bearer " + bearer,
                        "Content-Type", "application/json",
                        "User-Agent", "mayfly",
                        "X-GitHub-Api-Version", API_VERSION),
                body);
        CallBudget.count();
        var operation = Operation.of(method, path.place());
        var begun = clock.instant();
        try {
            var answer = connections.send(request, limit);
            githubClock.read(answer);
            if (!operation.equals(Operation.REGISTRATION)) {
                learn(answer, caller);
            }
            return answer;
        } catch (IOException e) {
            LOG.warnf("no answer from %s why=%s %s", request, e.getClass().getSimpleName(), e.getMessage());
            throw new UnavailableException("GitHub did not answer " + method + " " + path);
        } finally {
            measurements.call(Service.GITHUB, operation, Duration.between(begun, clock.instant()));
        }
    }

    /** Of what GitHub counts together: registrations have an hour's and a minute's limit of their own, {@link RunnerRegistrar} knows. */
    private void learn(Answer answer, Caller caller) {
        var left = caller.app() == OwnApp.FIRST ? RateLimit.left(answer) : null;
        if (left != null) {
            CallBudget.learn(left);
            measurements.rateLimitLeft(left);
        }
        var refused = RateLimit.wait(answer, clock);
        var wait = refused != null ? refused : RateLimit.untilReset(answer, clock);
        if (wait != null) {
            limits.spent(caller, wait);
        }
    }
}
