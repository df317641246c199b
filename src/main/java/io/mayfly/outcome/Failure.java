package io.mayfly.outcome;

import io.mayfly.json.MalformedJsonException;

/** What has kept an event from what it asked for. */
public sealed interface Failure extends Outcome
        permits Failure.Rejected, Failure.BadEvent, Outcome.Deferred, Failure.Misconfigured, Failure.Unexpected {

    /** Turned away before a word of it was believed, for nothing shows that it comes from whom it should. */
    record Rejected(Rejection why, String message) implements Failure {}

    /** It comes from whom it should, and is not what they document. The message names the field, never its value. */
    record BadEvent(String message) implements Failure {}

    /** A person has to mend something first. The message names the key, permission or AMI. */
    record Misconfigured(String message) implements Failure {}

    /** Nobody has thought of it. */
    record Unexpected(Throwable cause) implements Failure {}

    /** Why an event is turned away. */
    enum Rejection {
        TOO_LARGE,
        NOT_SIGNED,
        WRONGLY_SIGNED
    }

    /** What a failure is that was thrown: the only place that knows. */
    static Failure of(Throwable thrown) {
        return switch (thrown) {
            case MalformedJsonException bad -> new BadEvent(said(bad));
            case UnavailableException unavailable ->
                new Deferred(unavailable.why(), said(unavailable), unavailable.retryAfter());
            case ConfigurationException misconfigured -> new Misconfigured(said(misconfigured));
            default -> new Unexpected(thrown);
        };
    }

    private static String said(Throwable thrown) {
        return String.valueOf(thrown.getMessage());
    }
}
