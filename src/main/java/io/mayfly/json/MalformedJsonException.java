package io.mayfly.json;

/** JSON that is not what its writer documents. The message names the way to the field, never its value. */
public class MalformedJsonException extends RuntimeException {

    public MalformedJsonException(String message) {
        super(message);
    }
}
