package io.mayfly.playground.aws;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A standard queue of SQS: it delays its messages, hides what it has handed out, and forgets what is old. It may lose and repeat
 * messages as its owner says.
 */
public final class EmulatedQueue {

    private static final Duration RETENTION = Duration.ofSeconds(60);
    private static final Duration HIDDEN = Duration.ofSeconds(60);

    private final String name;
    private final InstantSource clock;
    private final List<Held> held = new ArrayList<>();
    private UnaryOperator<List<Message>> handedOut = messages -> messages;
    private Runnable onSend = () -> {};

    /** As {@code deploy/template.yaml} has it. */
    private Duration delay = Duration.ofSeconds(2);

    private int count;

    /**
     * A message as it was handed out.
     *
     * @param received how often
     */
    public record Message(String id, String body, Instant sentAt, Instant firstReceived, int received) {}

    private record Held(Message message, Instant from) {}

    EmulatedQueue(String name, InstantSource clock) {
        this.name = name;
        this.clock = clock;
    }

    public String name() {
        return name;
    }

    public String arn(String region) {
        return "arn:aws:sqs:" + region + ":" + AwsEmulator.ACCOUNT + ":" + name;
    }

    /** What is really handed out of what should be: some may get lost, others come twice. */
    public synchronized void handsOut(UnaryOperator<List<Message>> value) {
        handedOut = value;
    }

    /** How long a message is held back. */
    public synchronized void delay(Duration value) {
        delay = value;
    }

    /** Told of each message that is sent. */
    public synchronized void onSend(Runnable value) {
        onSend = value;
    }

    /** Takes a message. */
    public String send(String body) {
        Runnable told;
        String id;
        synchronized (this) {
            Instant now = clock.instant();
            id = "00000000-0000-4000-8000-%012d".formatted(++count);
            held.add(new Held(new Message(id, body, now, Instant.MIN, 0), now.plus(delay)));
            told = onSend;
        }
        told.run();
        return id;
    }

    /** Hands out messages that are there, and hides them. */
    public synchronized List<Message> receive(int most) {
        Instant now = clock.instant();
        held.removeIf(one -> !now.isBefore(one.message().sentAt().plus(RETENTION)));
        List<Message> received = new ArrayList<>();
        for (int i = 0; i < held.size() && received.size() < most; i++) {
            Held one = held.get(i);
            if (!now.isBefore(one.from())) {
                Message message = one.message();
                Message again = new Message(
                        message.id(),
                        message.body(),
                        message.sentAt(),
                        message.received() == 0 ? now : message.firstReceived(),
                        message.received() + 1);
                held.set(i, new Held(again, now.plus(HIDDEN)));
                received.add(again);
            }
        }
        return handedOut.apply(received);
    }

    /** Forgets messages that were consumed. */
    public synchronized void delete(List<Message> messages) {
        List<String> ids = messages.stream().map(Message::id).toList();
        held.removeIf(one -> ids.contains(one.message().id()));
    }

    /** Whether there is a message that nobody can receive yet. */
    public synchronized boolean isDelayed() {
        Instant now = clock.instant();
        return held.stream().anyMatch(one -> one.message().received() == 0 && now.isBefore(one.from()));
    }

    /** How many there are, handed out or not. */
    public synchronized int size() {
        Instant now = clock.instant();
        held.removeIf(one -> !now.isBefore(one.message().sentAt().plus(RETENTION)));
        return held.size();
    }
}
