package io.mayfly.github;

/**
 * An installation of the app.
 *
 * @param account login of the organization or person
 */
public record Installation(long id, String account, boolean suspended) {}
