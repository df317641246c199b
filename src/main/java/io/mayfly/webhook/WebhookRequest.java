package io.mayfly.webhook;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import io.mayfly.time.Deadline;
import io.mayfly.time.TimeLimits;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.regex.Pattern;
import org.jboss.logging.MDC;
import org.jspecify.annotations.Nullable;

/** One delivery as Lambda handed it over, and what each log line says of it while it is open. */
final class WebhookRequest implements AutoCloseable {

    private static final Pattern GUID = Pattern.compile("[0-9A-Za-z-]{1,64}");

    /** An arrival further away than this is no time of Lambda's. */
    private static final Duration PLAUSIBLE = Duration.ofMinutes(1);

    private final Map<String, String> headers;
    private final Deadline deadline;
    private final String requestId;
    private final Instant arrival;
    private final InstantSource clock;

    private WebhookRequest(
            Map<String, String> headers, Instant arrival, Deadline deadline, String requestId, InstantSource clock) {
        this.headers = headers;
        this.arrival = arrival;
        this.clock = clock;
        this.deadline = deadline;
        this.requestId = requestId;
    }

    static WebhookRequest of(
            APIGatewayV2HTTPEvent event, @Nullable Context invocation, InstantSource clock, TimeLimits limits) {
        var requestId = invocation == null ? null : invocation.getAwsRequestId();
        var arrival = arrival(event, clock.instant());
        var delivery = new WebhookRequest(
                event.getHeaders() == null ? Map.of() : event.getHeaders(),
                arrival,
                Deadline.at(arrival.plus(limits.webhook()), clock),
                requestId == null ? "unknown" : requestId,
                clock);
        MDC.put("request", delivery.requestId);
        return delivery;
    }

    private static Instant arrival(APIGatewayV2HTTPEvent event, Instant now) {
        var context = event.getRequestContext();
        var arrival = Instant.ofEpochMilli(context == null ? 0 : context.getTimeEpoch());
        return arrival.isAfter(now) || arrival.isBefore(now.minus(PLAUSIBLE)) ? now : arrival;
    }

    /** A header's value as it was sent; null where it is missing or empty. */
    @Nullable
    String header(String name) {
        for (var header : headers.entrySet()) {
            if (header.getKey().equalsIgnoreCase(name)) {
                var value = header.getValue();
                return value == null || value.isBlank() ? null : value;
            }
        }
        return null;
    }

    /** From here on the delivery's own words may be logged. */
    void verified() {
        var guid = guid();
        if (guid != null) {
            MDC.put("delivery", guid);
        }
    }

    /** GitHub's id, the same for all attempts; null where it is none. */
    @Nullable
    String guid() {
        var guid = header("x-github-delivery");
        return guid != null && GUID.matcher(guid).matches() ? guid : null;
    }

    /** How long ago it arrived. */
    Duration age() {
        return Duration.between(arrival, clock.instant());
    }

    String requestId() {
        return requestId;
    }

    Deadline deadline() {
        return deadline;
    }

    @Override
    public void close() {
        MDC.clear();
    }
}
