package io.mayfly.github;

import java.util.List;

/**
 * A runner as GitHub shows it.
 *
 * @param online {@code status} is "online"
 * @param busy stale for minutes, so no proof of idleness
 * @param neverOnline offline and without a version, which a runner gets with its first connection
 */
public record Runner(RunnerId id, String name, boolean online, boolean busy, boolean neverOnline, List<String> labels) {

    /** Whether it has the label, where case does not count. */
    public boolean hasLabel(String label) {
        return labels.stream().anyMatch(label::equalsIgnoreCase);
    }
}
