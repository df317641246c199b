package io.mayfly.github;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A repository's full name. Case does not count to GitHub. */
public record RepositoryName(String owner, String name) {

    public RepositoryName {
        if (!GitHubName.isPart(owner) || !GitHubName.isPart(name)) {
            throw new IllegalArgumentException("no name of a repository that GitHub allows");
        }
    }

    /** Reads {@code owner/name}; null where it is none. */
    public static @Nullable RepositoryName parse(String text) {
        var slash = text.indexOf('/');
        if (slash < 0) {
            return null;
        }
        var owner = text.substring(0, slash);
        var name = text.substring(slash + 1);
        return GitHubName.isPart(owner) && GitHubName.isPart(name) ? new RepositoryName(owner, name) : null;
    }

    /** Whether it names the same repository. */
    public boolean isSameAs(RepositoryName other) {
        return key().equals(other.key());
    }

    /** The same for all spellings. */
    public String key() {
        return toString().toLowerCase(Locale.ROOT);
    }

    @Override
    public String toString() {
        return owner + "/" + name;
    }
}
