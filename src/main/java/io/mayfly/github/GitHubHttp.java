package io.mayfly.github;

import io.mayfly.config.Settings;
import io.mayfly.http.Answer;
import io.mayfly.http.Connections;
import io.mayfly.http.Request;
import io.mayfly.metrics.Measurements;
import io.mayfly.metrics.Service;
import io.mayfly.outcome.UnavailableException;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import org.jboss.logging.Logger;

/** Requests as GitHub's REST API wants them. */
@Singleton
class GitHubHttp {

    private static final Logger LOG = Logger.getLogger(GitHubHttp.class);

    /** Versioned by date; 2022-11-28 is the one that github.com and all supported Enterprise Servers know. */
    private static final String API_VERSION = "2022-11-28";

    /** Of a request that sends nothing. */
    static final byte[] NO_BODY = {};

    private final Settings settings;
    private final Connections connections;
    private final Measurements measurements;
    private final InstantSource clock;

    GitHubHttp(Settings settings, Connections connections, Measurements measurements, InstantSource clock) {
        this.settings = settings;
        this.connections = connections;
        this.measurements = measurements;
        this.clock = clock;
    }

    /** A part of the path may come from an answer, as the link to a next page does. */
    private URI uri(String path) {
        try {
            return new URI(settings.githubApiUrl() + path);
        } catch (URISyntaxException e) {
            throw new UnavailableException("GitHub's answer led to an address that is none");
        }
    }

    /**
     * Sends a request and reads the whole answer.
     *
     * @param path below the API's base, starting with a slash
     * @param body JSON, empty for none
     * @throws UnavailableException when there is no answer in time
     */
    Answer send(String method, String path, String bearer, byte[] body, Duration limit) {
        var request = new Request(
                method,
                uri(path),
                Map.of(
                        "Accept", "application/vnd.github+json",
                        "Authorization", "Bearer " + bearer,
                        "Content-Type", "application/json",
                        "User-Agent", "mayfly",
                        "X-GitHub-Api-Version", API_VERSION),
                body);
        CallBudget.count();
        var begun = clock.instant();
        try {
            var answer = connections.send(request, limit);
            var left = RateLimit.left(answer);
            if (left != null) {
                CallBudget.learn(left);
                measurements.rateLimitLeft(left);
            }
            return answer;
        } catch (IOException e) {
            LOG.warnf("no answer from %s why=%s %s", request, e.getClass().getSimpleName(), e.getMessage());
            throw new UnavailableException("GitHub did not answer " + method + " " + path);
        } finally {
            measurements.call(Service.GITHUB, Operation.of(method, path), Duration.between(begun, clock.instant()));
        }
    }
}
