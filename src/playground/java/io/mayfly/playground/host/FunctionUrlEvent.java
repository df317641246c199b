package io.mayfly.playground.host;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * An invocation event as a function URL makes it of an HTTP request: payload format 2.0. See "Invoking Lambda function
 * URLs" in AWS's developer guide.
 */
public final class FunctionUrlEvent {

    /** The function's URL. */
    public static final String URL = "https://" + FunctionUrlEvent.HOST + "/";

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final String API_ID = "abcdefghijklmnopqrstuvwxyz012345";
    private static final String HOST = API_ID + ".lambda-url.eu-west-1.on.aws";

    private final String method;
    private final String path;
    private final byte[] body;
    private final Map<String, String> headers = new LinkedHashMap<>();
    private boolean base64;
    private boolean throughUrl = true;

    /** A request with the headers that every one has. */
    public FunctionUrlEvent(String method, String path, byte[] body) {
        this.method = method;
        this.path = path;
        this.body = body.clone();
        header("host", HOST);
        header("accept", "*/*");
        header("content-type", "application/json");
        header("x-forwarded-port", "443");
        header("x-forwarded-proto", "https");
        header("x-forwarded-for", "192.0.2.10");
    }

    /** What EventBridge Scheduler sends to have the function sweep, for the time that it has scheduled. */
    public static FunctionUrlEvent sweep(Instant scheduled) {
        return new FunctionUrlEvent("POST", "/internal/sweep", new byte[0])
                .notThroughUrl()
                .header("x-mayfly-scheduled", scheduled.toString());
    }

    /** Sets a header. */
    public FunctionUrlEvent header(String name, String value) {
        headers.put(name, value);
        return this;
    }

    /** Takes a header away. */
    public FunctionUrlEvent without(String name) {
        headers.remove(name);
        return this;
    }

    /** Carries the body in base64, as Lambda does for content types that it takes for binary. */
    public FunctionUrlEvent inBase64() {
        base64 = true;
        return this;
    }

    /** Leaves out what only a function URL fills in, as an event of EventBridge Scheduler does. */
    public FunctionUrlEvent notThroughUrl() {
        throughUrl = false;
        return this;
    }

    /**
     * The event's JSON.
     *
     * @param arrival when the request arrived at Lambda
     */
    public byte[] json(Instant arrival) {
        var event = MAPPER.createObjectNode();
        event.put("version", "2.0")
                .put("routeKey", "$default")
                .put("rawPath", path)
                .put("rawQueryString", "");
        headers.forEach(event.putObject("headers")::put);
        context(event.putObject("requestContext"), arrival);
        event.put("body", base64 ? Base64.getEncoder().encodeToString(body) : new String(body, StandardCharsets.UTF_8));
        event.put("isBase64Encoded", base64);
        return event.toString().getBytes(StandardCharsets.UTF_8);
    }

    private void context(ObjectNode context, Instant arrival) {
        if (throughUrl) {
            context.put("accountId", "anonymous")
                    .put("apiId", API_ID)
                    .put("domainName", HOST)
                    .put("domainPrefix", API_ID);
        }
        context.putObject("http")
                .put("method", method)
                .put("path", path)
                .put("protocol", "HTTP/1.1")
                .put("sourceIp", "192.0.2.10")
                .put("userAgent", headers.getOrDefault("user-agent", "GitHub-Hookshot/0000000"));
        context.put("requestId", UUID.randomUUID().toString())
                .put("routeKey", "$default")
                .put("stage", "$default")
                .put("timeEpoch", arrival.toEpochMilli());
    }
}
