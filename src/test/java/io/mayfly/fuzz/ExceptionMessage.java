package io.mayfly.fuzz;

import org.jspecify.annotations.Nullable;

/** What an exception says ends in answers and log lines. */
public final class ExceptionMessage {

    /** The longest path of a call, with names as long as GitHub allows, and what is shown of an answer. */
    private static final int MOST = 1000;

    private ExceptionMessage() {}

    /** Fails where there is no message, or one that is not short and on one line. */
    public static void check(@Nullable String message) {
        if (message == null || message.length() > MOST || message.chars().anyMatch(Character::isISOControl)) {
            throw new AssertionError("an exception with the message " + message);
        }
    }
}
