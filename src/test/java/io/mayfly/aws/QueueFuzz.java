package io.mayfly.aws;

import io.mayfly.fuzz.Application;
import io.mayfly.fuzz.ExceptionMessage;
import io.mayfly.fuzz.Input;
import io.mayfly.outcome.ConfigurationException;
import io.mayfly.outcome.UnavailableException;
import java.time.Duration;

/** SQS's answers: messages, or a documented exception. */
public final class QueueFuzz {

    private static final String URL = "https://sqs.eu-central-1.amazonaws.com/123456789012/x";
    private static final MessageQueue QUEUE =
            Application.answered(new Input(new byte[0]), 1).bean(MessageQueue.class);

    private QueueFuzz() {}

    public static void fuzzerInitialize() {
        Application.warmUp();
    }

    /** Parts: SQS's answers, to one message that is sent and to the question for others. */
    public static void fuzzerTestOneInput(byte[] bytes) {
        Application.answered(new Input(bytes), 0);
        try {
            QUEUE.send(URL, "x", Duration.ofSeconds(1));
            for (var body : QUEUE.receive(URL, Duration.ofSeconds(1))) {
                if (body.isEmpty()) {
                    throw new AssertionError("a message without a body");
                }
            }
        } catch (UnavailableException | ConfigurationException e) {
            ExceptionMessage.check(e.getMessage());
        }
    }
}
