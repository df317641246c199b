package io.mayfly.github;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import io.mayfly.http.Answer;
import io.mayfly.outcome.ConfigurationException;
import io.mayfly.outcome.Excerpt;
import io.mayfly.outcome.UnavailableException;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * What GitHub's answers mean. 403 says both "you may not" and "not so fast"; the headers tell which. See GitHub's
 * "Rate limits for the REST API".
 */
@Singleton
class GitHubAnswers {

    private static final Duration LONGEST_WAIT = Duration.ofHours(1);
    private static final Duration SECONDARY_LIMIT = Duration.ofSeconds(60);
    private static final int SHOWN_OF_A_MESSAGE = 200;
    private static final int SHOWN_OF_AN_ID = 80;

    private final ObjectMapper mapper;
    private final InstantSource clock;

    GitHubAnswers(ObjectMapper mapper, InstantSource clock) {
        this.mapper = mapper;
        this.clock = clock;
    }

    /** GitHub's own id of an exchange, which its support asks for. */
    static String requestId(Answer answer) {
        var id = answer.header("x-github-request-id");
        return id == null ? "unknown" : Excerpt.of(id, SHOWN_OF_AN_ID);
    }

    /** The JSON object of a good answer. */
    JsonNode json(Answer answer, String call) {
        return json(answer, call, JsonNodeType.OBJECT);
    }

    /** The JSON array of a good answer. */
    JsonNode array(Answer answer, String call) {
        return json(answer, call, JsonNodeType.ARRAY);
    }

    private JsonNode json(Answer answer, String call, JsonNodeType type) {
        try {
            var node = mapper.readTree(answer.body());
            if (node != null && node.getNodeType() == type) {
                return node;
            }
        } catch (IOException notJson) {
            // said below
        }
        throw notUnderstood(call, answer);
    }

    /** A field that GitHub documents and its answer lacks, or that has another type. */
    UnavailableException notUnderstood(String call, Answer answer) {
        return new UnavailableException("GitHub's answer to " + call + " was not understood (status " + answer.status()
                + ", request " + requestId(answer) + ")");
    }

    /**
     * The exception for an answer that the caller has no use for.
     *
     * @param permission what the call needs, named where GitHub refuses; null for a call of the app itself, which needs none
     */
    RuntimeException refused(Answer answer, String call, @Nullable String permission) {
        var status = answer.status();
        var what = call + " (status " + status + ", request " + requestId(answer) + ")";
        var wait = rateLimit(answer);
        if (wait != null) {
            return new RateLimitedException("GitHub's rate limit refused " + what, wait);
        }
        if (status >= 500 || status == 408) {
            return new UnavailableException("GitHub failed on " + what);
        }
        if (status == 401) {
            return new ConfigurationException(
                    "MAYFLY_GITHUB_APP_ID, MAYFLY_GITHUB_PRIVATE_KEY",
                    "GitHub did not accept the app's id and key for " + what);
        }
        if (permission == null || (status != 403 && status != 404)) {
            return new ConfigurationException("GitHub refused " + what + ": " + message(answer));
        }
        var accepted = answer.header("x-accepted-github-permissions");
        return new ConfigurationException(
                "GitHub App permission " + (accepted == null ? permission : Excerpt.of(accepted, SHOWN_OF_A_MESSAGE)),
                (status == 403 ? "missing or not yet accepted for " : "missing, or the app is not installed there: ")
                        + what);
    }

    private @Nullable Duration rateLimit(Answer answer) {
        if (answer.status() != 403 && answer.status() != 429) {
            return null;
        }
        var retryAfter = number(answer.header("retry-after"));
        if (retryAfter != null) {
            return bounded(Duration.ofSeconds(retryAfter));
        }
        if ("0".equals(answer.header("x-ratelimit-remaining"))) {
            var reset = number(answer.header("x-ratelimit-reset"));
            return reset == null
                    ? SECONDARY_LIMIT
                    : bounded(Duration.ofSeconds(reset - clock.instant().getEpochSecond()));
        }
        return answer.status() == 429 || message(answer).contains("rate limit") ? SECONDARY_LIMIT : null;
    }

    private static Duration bounded(Duration wait) {
        if (wait.compareTo(Duration.ofSeconds(1)) < 0) {
            return Duration.ofSeconds(1);
        }
        return wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait;
    }

    private static @Nullable Long number(@Nullable String text) {
        try {
            return text == null ? null : Long.valueOf(text.strip());
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private String message(Answer answer) {
        try {
            return Excerpt.of(mapper.readTree(answer.body()).path("message").asText(""), SHOWN_OF_A_MESSAGE);
        } catch (IOException notJson) {
            return "";
        }
    }
}
