package io.mayfly.github;

/**
 * A scope with the installation of an App that reaches it: what every call needs to know.
 *
 * @param installation whose token the call bears
 * @param app whose installation it is
 */
public record InstalledScope(Scope scope, InstallationId installation, OwnApp app) {

    /** By an installation of the first App. */
    public InstalledScope(Scope scope, InstallationId installation) {
        this(scope, installation, OwnApp.FIRST);
    }

    /** As it is told to people. */
    @Override
    public String toString() {
        return scope.toString();
    }
}
