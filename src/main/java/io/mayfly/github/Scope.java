package io.mayfly.github;

import java.util.Locale;

/**
 * Where a runner is registered.
 *
 * @param path the beginning of its API paths and the value of the tag {@code mayfly:scope}: {@code repos/OWNER/NAME}
 *     or {@code orgs/OWNER}
 */
public record Scope(String path) {

    private static final String REPOSITORY = "repos/";
    private static final String ORGANIZATION = "orgs/";

    /** The scope of a repository, given as {@code owner/name}. */
    public static Scope repository(String fullName) {
        return new Scope(REPOSITORY + fullName);
    }

    /** The scope of an organization. */
    public static Scope organization(String login) {
        return new Scope(ORGANIZATION + login);
    }

    /** Whether runners of this scope serve the jobs of the repository {@code owner/name}; case does not count. */
    public boolean serves(String repository) {
        var lower = repository.toLowerCase(Locale.ROOT);
        var own = path.toLowerCase(Locale.ROOT);
        return isOrganization()
                ? lower.startsWith(own.substring(ORGANIZATION.length()) + "/")
                : own.equals(REPOSITORY + lower);
    }

    /** Whether it is an organization's. */
    public boolean isOrganization() {
        return path.startsWith(ORGANIZATION);
    }

    /** The permission that registering runners here takes. */
    String permission() {
        return isOrganization() ? "organization_self_hosted_runners" : "administration";
    }

    @Override
    public String toString() {
        return path;
    }
}
