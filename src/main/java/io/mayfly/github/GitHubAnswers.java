package io.mayfly.github;

import com.fasterxml.jackson.databind.JsonNode;
import io.mayfly.http.Answer;
import io.mayfly.json.JsonFields;
import io.mayfly.json.JsonText;
import io.mayfly.json.MalformedJsonException;
import io.mayfly.outcome.ConfigurationException;
import io.mayfly.outcome.Excerpt;
import io.mayfly.outcome.UnavailableException;
import jakarta.inject.Singleton;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jboss.logging.Logger;

/** What GitHub's answers mean. A cause is named only where GitHub names it; else its own sentence is handed on. */
@Singleton
class GitHubAnswers {

    /** By which GitHub says that a permission is missing. */
    private static final String NOT_ACCESSIBLE = "Resource not accessible by ";

    private static final int SHOWN_OF_A_MESSAGE = 200;
    private static final int SHOWN_OF_AN_ID = 80;
    private static final int MOST_SAID = 100;
    private static final Logger LOG = Logger.getLogger(GitHubAnswers.class);

    private final InstantSource clock;
    private final Set<String> said = ConcurrentHashMap.newKeySet();

    GitHubAnswers(InstantSource clock) {
        this.clock = clock;
    }

    /** GitHub's own id of an exchange, which its support asks for. */
    static String requestId(Answer answer) {
        var id = answer.header("x-github-request-id");
        return id == null ? "unknown" : Excerpt.of(id, SHOWN_OF_AN_ID);
    }

    /**
     * What a good answer says, read from its JSON object.
     *
     * @throws UnavailableException when it is not what GitHub documents
     */
    <T> T read(Answer answer, String call, Function<JsonFields, T> fields) {
        try {
            return fields.apply(JsonText.object(answer.body(), "the answer"));
        } catch (MalformedJsonException e) {
            throw notUnderstood(call, answer, e);
        }
    }

    /**
     * The entries of a list in an answer's object. One that is not understood is left out, and said once: others are not
     * to be blind for it.
     *
     * @throws UnavailableException when there is no list: missing is not empty
     */
    <T> Page<T> list(Answer answer, String call, String key, Function<JsonFields, T> entry) {
        return entries(read(answer, call, fields -> fields.neededArray(key)), call, entry);
    }

    /** The same of an answer that is a list itself. */
    <T> Page<T> list(Answer answer, String call, Function<JsonFields, T> entry) {
        try {
            return entries(JsonText.array(answer.body(), "the answer"), call, entry);
        } catch (MalformedJsonException e) {
            throw notUnderstood(call, answer, e);
        }
    }

    /**
     * A page of a list.
     *
     * @param size how many entries GitHub sent
     */
    record Page<T>(List<T> entries, int size) {

        boolean isWhole() {
            return entries.size() == size;
        }
    }

    private <T> Page<T> entries(List<JsonNode> nodes, String call, Function<JsonFields, T> entry) {
        var entries = new ArrayList<T>(nodes.size());
        for (var node : nodes) {
            try {
                entries.add(entry.apply(JsonFields.of("", node, "an entry")));
            } catch (MalformedJsonException e) {
                var why = e.getMessage() + " in " + call.replaceAll("[0-9]+", "N");
                if (said.size() < MOST_SAID && said.add(why)) {
                    LOG.warnf("entry not understood call=%s why=%s", call, e.getMessage());
                }
            }
        }
        return new Page<>(entries, nodes.size());
    }

    private static UnavailableException notUnderstood(String call, Answer answer, MalformedJsonException why) {
        return new UnavailableException("GitHub's answer to " + call + " was not understood: " + why.getMessage()
                + " (status " + answer.status() + ", request " + requestId(answer) + ")");
    }

    /** The exception for an answer that the caller has no use for. */
    RuntimeException refused(Answer answer, String call) {
        return refused(answer, call, OwnApp.FIRST);
    }

    /** @param app in whose name the call was made */
    RuntimeException refused(Answer answer, String call, OwnApp app) {
        var status = answer.status();
        var what = call + " (status " + status + ", request " + requestId(answer) + ")";
        var message = message(answer);
        var wait = RateLimit.wait(answer, clock);
        if (wait != null) {
            return new RateLimitedException("GitHub's rate limit refused " + what, wait);
        }
        if (status >= 500 || status == 408) {
            return new UnavailableException("GitHub failed on " + what);
        }
        if (status == 401) {
            return new ConfigurationException(
                    app.settings(), "GitHub did not accept the app's id and key for " + what + ": " + message);
        }
        var accepted = answer.header("x-accepted-github-permissions");
        var permission = accepted == null ? "" : Excerpt.of(accepted, SHOWN_OF_A_MESSAGE);
        if (!permission.isBlank() && message.startsWith(NOT_ACCESSIBLE)) {
            return new ConfigurationException(
                    "GitHub App permission " + permission, "missing or not yet accepted for " + what + ": " + message);
        }
        return new ConfigurationException(
                "GitHub refused " + what + ": " + message + (permission.isBlank() ? "" : "; it takes " + permission));
    }

    /** GitHub's own sentence, bounded, on one line. */
    static String message(Answer answer) {
        try {
            var message = JsonText.object(answer.body(), "the answer").text("message");
            return message == null ? "without a word" : Excerpt.of(message, SHOWN_OF_A_MESSAGE);
        } catch (MalformedJsonException e) {
            return "without a word";
        }
    }
}
