package io.mayfly.playground.aws;

import io.mayfly.playground.wire.Json;
import io.mayfly.playground.wire.ServerResponse;
import java.util.Map;

/**
 * An error answer of AWS.
 *
 * @see <a href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html">Error codes for the
 *     Amazon EC2 API</a>
 */
final class AwsError extends RuntimeException {

    private static final Map<String, Integer> STATUS = Map.ofEntries(
            Map.entry("InsufficientAddressCapacity", 500),
            Map.entry("InsufficientCapacity", 500),
            Map.entry("InsufficientHostCapacity", 500),
            Map.entry("InsufficientInstanceCapacity", 500),
            Map.entry("InsufficientReservedInstanceCapacity", 500),
            Map.entry("InsufficientVolumeCapacity", 500),
            Map.entry("InternalError", 500),
            Map.entry("InternalServerError", 500),
            Map.entry("InternalFailure", 500),
            Map.entry("RequestLimitExceeded", 503),
            Map.entry("ServiceUnavailable", 503),
            Map.entry("Unavailable", 503),
            Map.entry("AuthFailure", 401),
            Map.entry("UnauthorizedOperation", 403),
            Map.entry("DryRunOperation", 412));

    private final String code;
    private final int status;

    AwsError(String code, String message) {
        this(code, 0, message);
    }

    /** An error with a status of its own; 0 stands for the one that belongs to the code. */
    AwsError(String code, int status, String message) {
        super(message);
        this.code = code;
        this.status = status == 0 ? STATUS.getOrDefault(code, 400) : status;
    }

    String code() {
        return code;
    }

    int status() {
        return status;
    }

    /** The shape of EC2's query protocol. */
    ServerResponse ec2(String requestId) {
        String body = new Xml()
                .inside(
                        "Response",
                        response -> response.inside(
                                        "Errors",
                                        errors -> errors.inside(
                                                "Error",
                                                error -> error.element("Code", code)
                                                        .element("Message", String.valueOf(getMessage()))))
                                .element("RequestID", requestId))
                .document();
        return new ServerResponse(status, Map.of("Content-Type", "text/xml;charset=UTF-8"), body);
    }

    /** The shape of STS for who accepts JSON. */
    ServerResponse sts(String requestId) {
        return ServerResponse.json(
                status,
                Map.of(
                        "Error",
                        Map.of(
                                "Code",
                                code,
                                "Message",
                                String.valueOf(getMessage()),
                                "Type",
                                status < 500 ? "Sender" : "Receiver"),
                        "RequestId",
                        requestId),
                Map.of("Content-Type", "application/json"));
    }

    /** The shape of AWS JSON 1.0, with SQS's namespace. */
    ServerResponse sqs(String requestId) {
        return new ServerResponse(
                status,
                Map.of("Content-Type", "application/x-amz-json-1.0", "x-amzn-RequestId", requestId),
                Json.write(Map.of("__type", "com.amazonaws.sqs#" + code, "message", String.valueOf(getMessage()))));
    }

    /** The shape of AWS JSON 1.1. */
    ServerResponse ssm(String requestId) {
        return new ServerResponse(
                status,
                Map.of("Content-Type", "application/x-amz-json-1.1", "x-amzn-RequestId", requestId),
                Json.write(Map.of("__type", code, "message", String.valueOf(getMessage()))));
    }
}
