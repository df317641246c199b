package io.mayfly.playground.github;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An installation of the app.
 *
 * @param repositories names without the owner; empty for all of the owner's
 * @param permissions name to {@code read} or {@code write}
 */
public record EmulatedInstallation(long id, String owner, List<String> repositories, Map<String, String> permissions) {

    /** What the function can make use of. */
    static final Map<String, String> USUAL_PERMISSIONS = Map.of(
            "metadata", "read",
            "actions", "read",
            "administration", "write",
            "organization_self_hosted_runners", "write");

    /** An installation on all repositories of an owner, with {@link #USUAL_PERMISSIONS}. */
    public static EmulatedInstallation on(long id, String owner) {
        return new EmulatedInstallation(id, owner, List.of(), USUAL_PERMISSIONS);
    }

    /** @param repository null for the owner itself */
    boolean reaches(String account, @Nullable String repository) {
        return owner.equalsIgnoreCase(account)
                && (repository == null
                        || repositories.isEmpty()
                        || repositories.stream().anyMatch(repository::equalsIgnoreCase));
    }

    boolean grants(String permission, String level) {
        return grants(permissions, permission, level);
    }

    static boolean grants(Map<String, String> permissions, String permission, String level) {
        String granted = permissions.getOrDefault(permission, "none");
        return granted.equals("write") || granted.equals(level);
    }
}
