package io.mayfly.playground.aws;

import com.fasterxml.jackson.databind.JsonNode;
import io.mayfly.playground.wire.Json;
import io.mayfly.playground.wire.ServerResponse;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The actions of SQS that the function asks for.
 *
 * @see <a href="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html">ReceiveMessage</a>
 */
final class SqsActions {

    private static final int MOST_AT_ONCE = 10;
    private static final int LONGEST_MESSAGE = 1 << 20;

    private final EmulatedQueues queues;

    SqsActions(EmulatedQueues queues) {
        this.queues = queues;
    }

    ServerResponse carryOut(String action, String body, String requestId) {
        JsonNode input = Json.object(body)
                .orElseThrow(() -> new AwsError("SerializationException", "Start of structure expected"));
        Map<String, Object> result = switch (action) {
            case "SendMessage" -> send(queue(input), input);
            case "ReceiveMessage" -> receive(queue(input), input);
            default -> throw new AwsError("UnknownOperationException", "");
        };
        return new ServerResponse(
                200,
                Map.of("Content-Type", "application/x-amz-json-1.0", "x-amzn-RequestId", requestId),
                Json.write(result));
    }

    private EmulatedQueue queue(JsonNode input) {
        return queues.find(input.path("QueueUrl").asText())
                .orElseThrow(() -> new AwsError("QueueDoesNotExist", "The specified queue does not exist."));
    }

    private static Map<String, Object> send(EmulatedQueue queue, JsonNode input) {
        String body = input.path("MessageBody").asText();
        if (body.isEmpty()) {
            throw new AwsError("MissingParameter", "The request must contain the parameter MessageBody.");
        }
        if (body.length() > LONGEST_MESSAGE) {
            throw new AwsError("InvalidParameterValue", "One or more parameters are invalid. Reason: too long.");
        }
        return Map.of("MessageId", queue.send(body), "MD5OfMessageBody", md5(body));
    }

    private static Map<String, Object> receive(EmulatedQueue queue, JsonNode input) {
        int most = input.path("MaxNumberOfMessages").asInt(1);
        if (most < 1 || most > MOST_AT_ONCE) {
            throw new AwsError(
                    "InvalidParameterValue",
                    "Value " + most
                            + " for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if"
                            + " provided.");
        }
        List<Map<String, Object>> messages = queue.receive(most).stream()
                .<Map<String, Object>>map(message -> {
                    Map<String, Object> shown = new LinkedHashMap<>();
                    shown.put("MessageId", message.id());
                    shown.put("ReceiptHandle", message.id() + "#" + message.received());
                    shown.put("MD5OfBody", md5(message.body()));
                    shown.put("Body", message.body());
                    return shown;
                })
                .toList();
        return messages.isEmpty() ? Map.of() : Map.of("Messages", messages);
    }

    static String md5(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("MD5").digest(text.getBytes(StandardCharsets.UTF_8));
            return "%032x".formatted(new BigInteger(1, digest));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
