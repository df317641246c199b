package io.mayfly.webhook;

/** A signed event that is not what GitHub documents. The message names the field, never its value. */
class BadEventException extends RuntimeException {

    BadEventException(String message) {
        super(message);
    }
}
