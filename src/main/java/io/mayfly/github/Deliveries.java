package io.mayfly.github;

import io.mayfly.http.Answer;
import io.mayfly.json.JsonFields;
import io.mayfly.metrics.Measurements;
import io.mayfly.metrics.Metric;
import io.mayfly.time.Deadline;
import io.mayfly.time.TimeLimits;
import jakarta.inject.Singleton;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
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

    private static final ApiPath LOG = ApiPath.of("app", "hook", "deliveries");

    /** Of a link to the next page only the cursor is used: the address is ours to choose. */
    private static final Pattern NEXT = Pattern.compile("<[^>]*[?&]cursor=([^>&#\\s]{1,400})[^>]*>;\\s*rel=\"next\"");

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
     * @param pages so many pages of 100 are read
     * @param atLeastSince where these do not reach back so far, more of them
     * @param mostPages but not more than these
     */
    public List<DeliveryAttempt> newest(
            Instant since, int pages, Instant atLeastSince, int mostPages, Deadline deadline) {
        return read(LOG.with("per_page", PAGE), since, pages, atLeastSince, mostPages, deadline);
    }

    /** The same of those only that had no good answer. */
    public List<DeliveryAttempt> newestFailures(Instant since, int pages, Deadline deadline) {
        return read(LOG.with("per_page", PAGE).with("status", "failure"), since, pages, Instant.MAX, pages, deadline);
    }

    private List<DeliveryAttempt> read(
            ApiPath firstPage, Instant since, int pages, Instant atLeastSince, int mostPages, Deadline deadline) {
        var found = new ArrayList<DeliveryAttempt>();
        @Nullable ApiPath path = firstPage;
        for (var page = 0; page < mostPages && path != null; page++) {
            if (page >= pages
                    && (found.isEmpty() || !found.getLast().deliveredAt().isAfter(atLeastSince))) {
                return found;
            }
            var answer = http.send("GET", path, Caller.APP, jwt.take(), GitHubHttp.NO_BODY, limits.list(), deadline);
            if (answer.status() != 200) {
                throw answers.refused(answer, "GET " + LOG);
            }
            for (var delivery :
                    answers.list(answer, "GET " + LOG, Deliveries::delivery).entries()) {
                if (delivery.deliveredAt().isBefore(since)) {
                    return found;
                }
                found.add(delivery);
            }
            var cursor = cursor(answer);
            path = cursor == null ? null : firstPage.with("cursor", cursor);
        }
        return found;
    }

    /** Has an attempt made again. GitHub does it soon after its answer; the log shows how it went. */
    public void redeliver(DeliveryAttempt delivery, Deadline deadline) {
        var path = LOG.slash(delivery.id(), "attempts");
        var answer = http.send("POST", path, Caller.APP, jwt.take(), GitHubHttp.NO_BODY, limits.lookup(), deadline);
        if (answer.status() != 202) {
            throw answers.refused(answer, "POST " + path);
        }
        measurements.count(Metric.REDELIVERIES);
    }

    private static DeliveryAttempt delivery(JsonFields fields) {
        var status = fields.number("status_code", 0, 999);
        return new DeliveryAttempt(
                fields.neededId("id"),
                fields.neededText("guid"),
                fields.neededInstant("delivered_at"),
                status == null ? 0 : status.intValue(),
                fields.neededText("event"),
                fields.text("action"),
                fields.idOrNone("installation_id"),
                fields.idOrNone("repository_id"));
    }

    private static @Nullable String cursor(Answer answer) {
        var link = answer.header("link");
        if (link == null) {
            return null;
        }
        var next = NEXT.matcher(link);
        try {
            return next.find() ? URLDecoder.decode(next.group(1), StandardCharsets.UTF_8) : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
