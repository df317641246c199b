package io.mayfly.pool;

import io.mayfly.config.Settings;
import io.mayfly.github.RepositoryName;
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
     * @param isPublic asked only where it matters
     */
    public @Nullable IgnoredReason refusal(RepositoryName repository, BooleanSupplier isPublic) {
        if (!isAllowed(repository)) {
            return IgnoredReason.REPOSITORY_NOT_ALLOWED;
        }
        return !settings.allowPublicRepositories() && isPublic.getAsBoolean() ? IgnoredReason.REPOSITORY_PUBLIC : null;
    }

    private boolean isAllowed(RepositoryName repository) {
        var allowed = settings.repositories();
        var name = repository.key();
        var owner = repository.owner().toLowerCase(Locale.ROOT);
        return allowed.isEmpty() || allowed.contains(name) || allowed.contains(owner + "/*");
    }
}
