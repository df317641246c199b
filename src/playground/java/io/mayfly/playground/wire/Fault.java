package io.mayfly.playground.wire;

import java.time.Duration;
import java.util.Map;

/** What becomes of a call. */
public sealed interface Fault {

    /** Nothing is wrong with it. */
    Fault PROCEED = new Proceed();

    record Proceed() implements Fault {}

    /** Waits in real time, then goes on with another one. */
    record Delay(Duration time, Fault then) implements Fault {}

    /** Is answered so, and not carried out. */
    public record Answer(int status, Map<String, String> headers, String body) implements Fault {}

    /**
     * Is answered with an error in the service's own shape, and not carried out.
     *
     * @param status 0 for the one that belongs to the code
     */
    record Refusal(String code, int status, String message) implements Fault {}

    /** Is neither carried out nor answered. */
    record Hang() implements Fault {}

    /** Is not carried out; the connection is closed. */
    record Close() implements Fault {}

    /** Is carried out, and answered twice, though asked once. */
    record AnswerTwice() implements Fault {}

    /** Is carried out; then the connection is closed without an answer. */
    record LoseAnswer() implements Fault {}
}
