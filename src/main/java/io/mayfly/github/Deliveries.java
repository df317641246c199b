package io.mayfly.github;

import com.fasterxml.jackson.databind.JsonNode;
import io.mayfly.http.Answer;
import io.mayfly.metrics.Measurements;
import io.mayfly.metrics.Metric;
import io.mayfly.time.Deadline;
import io.mayfly.time.TimeLimits;
import jakarta.inject.Singleton;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The app's log of webhook deliveries. GitHub keeps it for 3 days and repeats nothing by itself. See "REST API endpoints
 * for GitHub App webhooks".
 */
@Singleton
public class Deliveries {

    /** Entries of a page. */
    public static final int PAGE = 100;

    private static final String LOG = "/app/hook/deliveries";
    private static final String FIRST_PAGE = "per_page=" + PAGE;

    /** Of a link to the next page only the query is used: the host is ours to choose. */
    private static final Pattern NEXT = Pattern.compile("<[^>]*\\?([^>#\\s]*)>;\\s*rel=\"next\"");

    private final AppJwt jwt;
    private final GitHubHttp http;
    private final GitHubAnswers answers;
    private final TimeLimits limits;
    private final Measurements measurements;

    Deliveries(AppJwt jwt, GitHubHttp http, GitHubAnswers answers, TimeLimits limits, Measurements measurements) {
        this.jwt = jwt;
        this.http = http;
        this.answers = answers;
        this.limits = limits;
        this.measurements = measurements;
    }

    /**
     * The newest deliveries, newest first.
     *
     * @param since older ones are left out
     * @param pages at most so many pages of 100 are read
     */
    public List<DeliveryAttempt> newest(Instant since, int pages, Deadline deadline) {
        return read(FIRST_PAGE, since, pages, deadline);
    }

    /** The same of those only that had no good answer. */
    public List<DeliveryAttempt> newestFailures(Instant since, int pages, Deadline deadline) {
        return read(FIRST_PAGE + "&status=failure", since, pages, deadline);
    }

    private List<DeliveryAttempt> read(String firstPage, Instant since, int pages, Deadline deadline) {
        var found = new ArrayList<DeliveryAttempt>();
        @Nullable String query = firstPage;
        for (var page = 0; page < pages && query != null; page++) {
            var answer = http.send(
                    "GET", LOG + "?" + query, jwt.take(), GitHubHttp.NO_BODY, deadline.limit(limits.lookup()));
            if (answer.status() != 200) {
                throw answers.refused(answer, "GET " + LOG, null);
            }
            for (var listed : answers.array(answer, "GET " + LOG)) {
                var delivery = delivery(listed, answer);
                if (delivery.deliveredAt().isBefore(since)) {
                    return found;
                }
                found.add(delivery);
            }
            query = next(answer);
        }
        return found;
    }

    /** Has an attempt made again. GitHub does it soon after its answer; the log shows how it went. */
    public void redeliver(DeliveryAttempt delivery, Deadline deadline) {
        var path = LOG + "/" + delivery.id() + "/attempts";
        var answer = http.send("POST", path, jwt.take(), GitHubHttp.NO_BODY, deadline.limit(limits.lookup()));
        if (answer.status() != 202) {
            throw answers.refused(answer, "POST " + path, null);
        }
        measurements.count(Metric.REDELIVERIES);
    }

    private DeliveryAttempt delivery(JsonNode node, Answer answer) {
        try {
            var action = node.path("action");
            return new DeliveryAttempt(
                    node.path("id").asLong(),
                    node.path("guid").asText(),
                    Instant.parse(node.path("delivered_at").asText()),
                    node.path("status_code").asInt(),
                    node.path("event").asText(),
                    action.isTextual() ? action.asText() : null,
                    node.path("installation_id").asLong(),
                    node.path("repository_id").asLong());
        } catch (DateTimeException e) {
            throw answers.notUnderstood("GET " + LOG, answer);
        }
    }

    private static @Nullable String next(Answer answer) {
        var link = answer.header("link");
        if (link == null) {
            return null;
        }
        var next = NEXT.matcher(link);
        return next.find() ? next.group(1) : null;
    }
}
