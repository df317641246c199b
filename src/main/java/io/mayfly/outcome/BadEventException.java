package io.mayfly.outcome;

/** What was sent is not what its sender documents. The message names the field, never its value. */
public class BadEventException extends RuntimeException {

    public BadEventException(String message) {
        super(message);
    }
}
