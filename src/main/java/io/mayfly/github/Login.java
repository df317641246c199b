package io.mayfly.github;

import org.jspecify.annotations.Nullable;

/** The name of an organization or a person. Case does not count to GitHub. */
public record Login(String value) {

    public Login {
        if (!GitHubName.isPart(value)) {
            throw new IllegalArgumentException("no login that GitHub allows");
        }
    }

    /** Reads a login; null where it is none. */
    public static @Nullable Login parse(String text) {
        return GitHubName.isPart(text) ? new Login(text) : null;
    }

    @Override
    public String toString() {
        return value;
    }
}
