package io.mayfly.aws;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mayfly.json.JsonFields;
import io.mayfly.metrics.Service;
import io.mayfly.outcome.ConfigurationException;
import io.mayfly.outcome.UnavailableException;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Queues of SQS that may lose and repeat what is in them. Nothing is deleted: what was received expires before it would be seen
 * again.
 */
@Singleton
public class MessageQueue {

    /** The limit of ReceiveMessage. */
    private static final int MOST_AT_ONCE = 10;

    private final JsonCalls calls;

    public MessageQueue(AwsCalls calls) {
        this.calls = new JsonCalls(calls, Service.SQS, "AmazonSQS", "1.0");
    }

    /** Sends a message. Where the connection broke it may be there twice. */
    public void send(String url, String body, Duration limit) {
        var input = input(url).put("MessageBody", body);
        ask("SendMessage", input, limit, answer -> answer.neededText("MessageId"));
    }

    /**
     * The messages that are there now, ten at most, at once. SQS asks some of its servers only, so that there may be more where
     * it has none.
     */
    public List<String> receive(String url, Duration limit) {
        var input = input(url).put("MaxNumberOfMessages", MOST_AT_ONCE).put("WaitTimeSeconds", 0);
        return ask("ReceiveMessage", input, limit, MessageQueue::bodies);
    }

    private static ObjectNode input(String url) {
        return JsonNodeFactory.instance.objectNode().put("QueueUrl", url);
    }

    /** SQS leaves the list out where it is empty. */
    private static List<String> bodies(JsonFields answer) {
        var bodies = new ArrayList<String>();
        if (answer.has("Messages")) {
            for (var message : answer.neededArray("Messages")) {
                bodies.add(JsonFields.of("Messages", message, "a message").neededText("Body"));
            }
        }
        return bodies;
    }

    private <T> T ask(String operation, ObjectNode input, Duration limit, Function<JsonFields, T> reader) {
        try {
            return calls.ask(operation, input, limit, reader);
        } catch (RefusedException e) {
            throw refused(operation, e.error());
        }
    }

    private static RuntimeException refused(String operation, ServiceError error) {
        if (error.isPassing()) {
            return new UnavailableException("SQS refused " + operation + ": " + error);
        }
        var denied = error.code().startsWith("AccessDenied");
        var permission = error.permission() == null ? "sqs:" + operation : error.permission();
        return new ConfigurationException(
                "MAYFLY_QUEUE_URL",
                "SQS refused " + operation + (denied ? ", for the function's role needs " + permission : "") + ": "
                        + error);
    }
}
