package io.mayfly.github;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** GitHub's id of an installation. */
public record InstallationId(long value) {

    private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,17}");

    public InstallationId {
        if (value <= 0) {
            throw new IllegalArgumentException("no id of an installation");
        }
    }

    /** Reads an id; null where it is none. */
    public static @Nullable InstallationId parse(String text) {
        return NUMBER.matcher(text).matches() ? new InstallationId(Long.parseLong(text)) : null;
    }

    @Override
    public String toString() {
        return Long.toString(value);
    }
}
