package io.mayfly.github;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** GitHub's id of a runner. */
public record RunnerId(long value) {

    private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,17}");

    public RunnerId {
        if (value <= 0) {
            throw new IllegalArgumentException("no id of a runner");
        }
    }

    /** Reads an id; null where it is none. */
    public static @Nullable RunnerId parse(String text) {
        return NUMBER.matcher(text).matches() ? new RunnerId(Long.parseLong(text)) : null;
    }

    @Override
    public String toString() {
        return Long.toString(value);
    }
}
