package io.mayfly.github;

/**
 * An installation of the app.
 *
 * @param account the organization or person
 */
public record Installation(InstallationId id, Login account, boolean suspended) {}
