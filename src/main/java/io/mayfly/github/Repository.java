package io.mayfly.github;

import org.jspecify.annotations.Nullable;

/**
 * A repository that an installation reaches.
 *
 * @param organization that owns it, null where a person does
 */
public record Repository(
        long id,
        RepositoryName fullName,
        boolean isPrivate,
        @Nullable Organization organization,
        InstallationId installation) {}
