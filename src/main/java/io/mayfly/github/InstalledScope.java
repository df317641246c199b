package io.mayfly.github;

/**
 * A scope with the installation of the app that reaches it: what every call needs to know.
 *
 * @param installation whose token the call bears
 */
public record InstalledScope(Scope scope, InstallationId installation) {

    /** As it is told to people. */
    @Override
    public String toString() {
        return scope.toString();
    }
}
