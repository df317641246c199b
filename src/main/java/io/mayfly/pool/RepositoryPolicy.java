package io.mayfly.pool;

import io.mayfly.config.Settings;
import io.mayfly.outcome.IgnoredReason;
import jakarta.inject.Singleton;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Which repositories' jobs are served. */
@Singleton
public class RepositoryPolicy {

    private final Settings settings;

    public RepositoryPolicy(Settings settings) {
        this.settings = settings;
    }

    /**
     * Why a repository is not served; null when it is.
     *
     * @param repository {@code owner/name}
     * @param isPublic asked only where it matters
     */
    public @Nullable IgnoredReason refusal(String repository, BooleanSupplier isPublic) {
        if (!isAllowed(repository)) {
            return IgnoredReason.REPOSITORY_NOT_ALLOWED;
        }
        return !settings.allowPublicRepositories() && isPublic.getAsBoolean() ? IgnoredReason.REPOSITORY_PUBLIC : null;
    }

    private boolean isAllowed(String repository) {
        var allowed = settings.repositories();
        var name = repository.toLowerCase(Locale.ROOT);
        var owner = name.substring(0, name.indexOf('/'));
        return allowed.isEmpty() || allowed.contains(name) || allowed.contains(owner + "/*");
    }
}
