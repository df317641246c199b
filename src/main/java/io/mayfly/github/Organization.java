package io.mayfly.github;

/**
 * An organization that owns repositories.
 *
 * @param id which stays when its login changes
 */
public record Organization(long id, Login login) {}
