package io.mayfly.playground.github;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/** What an installation token gives access to; an owner of {@code *} is any. */
record InstallationToken(
        long installation,
        String owner,
        List<String> repositories,
        Map<String, String> permissions,
        Instant expiresAt) {

    boolean covers(String account) {
        return owner.equals("*") || owner.equalsIgnoreCase(account);
    }

    boolean covers(String account, String repository) {
        return covers(account)
                && (repositories.isEmpty() || repositories.stream().anyMatch(repository::equalsIgnoreCase));
    }
}
