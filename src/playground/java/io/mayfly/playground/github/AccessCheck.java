package io.mayfly.playground.github;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Decides who may do what: by the app's JWT, or by an installation token, its reach and its permissions. */
final class AccessCheck {

    private final AppJwtCheck jwtCheck;
    private final EmulatedInstallations installations;
    private final EmulatedRateLimit rateLimit;

    AccessCheck(AppJwtCheck jwtCheck, EmulatedInstallations installations, EmulatedRateLimit rateLimit) {
        this.jwtCheck = jwtCheck;
        this.installations = installations;
        this.rateLimit = rateLimit;
    }

    /** The token of the caller, where one is needed; an error for those who may not. */
    @Nullable
    InstallationToken check(Route.Access access, @Nullable String authorization, Map<String, String> variables) {
        return switch (access) {
            case Route.Access.Anybody() -> null;
            case Route.Access.App() -> {
                jwtCheck.check(authorization);
                rateLimit.count();
                yield null;
            }
            case Route.Access.Token needed -> {
                InstallationToken token = installations.check(authorization);
                rateLimit.count();
                checkReach(token, variables);
                checkPermission(token, needed, variables);
                yield token;
            }
        };
    }

    /** What is out of reach is answered as if it did not exist. */
    private static void checkReach(InstallationToken token, Map<String, String> variables) {
        String owner = variables.get("owner");
        String repository = variables.get("repo");
        boolean reached = owner == null || (repository == null ? token.covers(owner) : token.covers(owner, repository));
        if (!reached) {
            throw GitHubError.notFound();
        }
    }

    private static void checkPermission(
            InstallationToken token, Route.Access.Token needed, Map<String, String> variables) {
        boolean organization = variables.containsKey("owner") && !variables.containsKey("repo");
        String permission = organization ? needed.organizationPermission() : needed.repositoryPermission();
        if (!EmulatedInstallation.grants(token.permissions(), permission, needed.level())) {
            throw new GitHubError(
                    403,
                    "Resource not accessible by integration",
                    Map.of("X-Accepted-GitHub-Permissions", permission + "=" + needed.level()));
        }
    }
}
