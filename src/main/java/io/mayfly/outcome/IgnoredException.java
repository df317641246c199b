package io.mayfly.outcome;

/** Found out underway: there is nothing to do for us. The message says more than the reason, for the log. */
public class IgnoredException extends RuntimeException {

    private final IgnoredReason reason;

    public IgnoredException(IgnoredReason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public IgnoredReason reason() {
        return reason;
    }
}
