package io.mayfly.github;

import org.jspecify.annotations.Nullable;

/**
 * A repository that an installation reaches.
 *
 * @param fullName {@code owner/name}
 * @param organization login of the organization that owns it, null where a person does
 */
public record Repository(
        long id,
        String fullName,
        boolean isPrivate,
        @Nullable String organization,
        long installation) {}
