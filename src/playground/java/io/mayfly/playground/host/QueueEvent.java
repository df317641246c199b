package io.mayfly.playground.host;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * An invocation event as Lambda's event source mapping makes it of messages of a queue. See "Using Lambda with Amazon SQS" in AWS's
 * developer guide.
 */
public final class QueueEvent {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final int ARN_REGION = 3;

    private final String arn;
    private final List<Entry> entries = new ArrayList<>();

    private record Entry(String id, String body, Instant sentAt, int received) {}

    /** An event without messages. */
    public QueueEvent(String arn) {
        this.arn = arn;
    }

    /**
     * Adds a message.
     *
     * @param received how often it was received
     */
    public QueueEvent message(String id, String body, Instant sentAt, int received) {
        entries.add(new Entry(id, body, sentAt, received));
        return this;
    }

    /** The same for a message that is received for the first time. */
    public QueueEvent message(String body, Instant sentAt) {
        return message("00000000-0000-4000-8000-%012d".formatted(entries.size()), body, sentAt, 1);
    }

    /** The event's JSON. */
    public byte[] json() {
        var event = MAPPER.createObjectNode();
        var records = event.putArray("Records");
        for (var entry : entries) {
            var record = records.addObject()
                    .put("messageId", entry.id())
                    .put("receiptHandle", "handle of " + entry.id())
                    .put("body", entry.body());
            record.putObject("attributes")
                    .put("ApproximateReceiveCount", String.valueOf(entry.received()))
                    .put("SentTimestamp", String.valueOf(entry.sentAt().toEpochMilli()))
                    .put("SenderId", "AROAEXAMPLE:mayfly")
                    .put(
                            "ApproximateFirstReceiveTimestamp",
                            String.valueOf(entry.sentAt().toEpochMilli()));
            record.putObject("messageAttributes");
            record.put("md5OfBody", "00000000000000000000000000000000")
                    .put("eventSource", "aws:sqs")
                    .put("eventSourceARN", arn)
                    .put("awsRegion", arn.split(":", -1)[ARN_REGION]);
        }
        return event.toString().getBytes(StandardCharsets.UTF_8);
    }
}
