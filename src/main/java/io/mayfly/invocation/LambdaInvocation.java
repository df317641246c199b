package io.mayfly.invocation;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import io.mayfly.time.Deadline;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import org.jboss.logging.MDC;
import org.jspecify.annotations.Nullable;

/** One invocation as Lambda handed it over. While it is open, each log line bears its id, and what is added to that. */
public final class LambdaInvocation implements AutoCloseable {

    /** An arrival further away than this is no time of Lambda's. */
    private static final Duration PLAUSIBLE = Duration.ofMinutes(1);

    private final Map<String, String> headers;
    private final String id;
    private final Instant arrival;
    private final InstantSource clock;

    private LambdaInvocation(Map<String, String> headers, String id, Instant arrival, InstantSource clock) {
        this.headers = headers;
        this.id = id;
        this.arrival = arrival;
        this.clock = clock;
    }

    /**
     * Opens it on this thread.
     *
     * @param context null where Lambda is not the one who invokes
     */
    public static LambdaInvocation open(APIGatewayV2HTTPEvent event, @Nullable Context context, InstantSource clock) {
        var id = context == null ? null : context.getAwsRequestId();
        var invocation = new LambdaInvocation(
                event.getHeaders() == null ? Map.of() : event.getHeaders(),
                id == null ? "unknown" : id,
                arrival(event, clock.instant()),
                clock);
        invocation.log("request", invocation.id);
        return invocation;
    }

    /**
     * Whether anybody on the internet may have sent it. A function URL always fills in a domain name and an API's id, and
     * whoever calls through it has no say in that; who invokes the function by its name needs a permission of IAM's. An
     * event that does not tell counts as one from outside.
     */
    public static boolean cameThroughFunctionUrl(APIGatewayV2HTTPEvent event) {
        var context = event.getRequestContext();
        return context == null || context.getDomainName() != null || context.getApiId() != null;
    }

    /** Lambda's id of it. */
    public String id() {
        return id;
    }

    /** A header's value as it was sent; null where it is missing or empty. */
    public @Nullable String header(String name) {
        for (var header : headers.entrySet()) {
            if (header.getKey().equalsIgnoreCase(name)) {
                var value = header.getValue();
                return value == null || value.isBlank() ? null : value;
            }
        }
        return null;
    }

    /** How long ago it arrived. */
    public Duration age() {
        return Duration.between(arrival, clock.instant());
    }

    /** The deadline of an answer that may take so long from the arrival on. */
    public Deadline deadline(Duration limit) {
        return Deadline.at(arrival.plus(limit), clock);
    }

    /** From here on each log line says this too. */
    public void log(String key, Object value) {
        MDC.put(key, value);
    }

    @Override
    public void close() {
        MDC.clear();
    }

    private static Instant arrival(APIGatewayV2HTTPEvent event, Instant now) {
        var context = event.getRequestContext();
        var arrival = Instant.ofEpochMilli(context == null ? 0 : context.getTimeEpoch());
        return arrival.isAfter(now) || arrival.isBefore(now.minus(PLAUSIBLE)) ? now : arrival;
    }
}
