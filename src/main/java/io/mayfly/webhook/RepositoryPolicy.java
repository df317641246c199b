package io.mayfly.webhook;

import io.mayfly.config.Settings;
import jakarta.inject.Singleton;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Which repositories' jobs are served. */
@Singleton
class RepositoryPolicy {

    private final Settings settings;

    RepositoryPolicy(Settings settings) {
        this.settings = settings;
    }

    /** Why the event's repository is not served; null when it is. */
    @Nullable
    String refusal(WorkflowJobEvent event) {
        if (!isAllowed(event.repository())) {
            return "repository is not allowed";
        }
        return !settings.allowPublicRepositories() && event.isPublic() ? "repository is public" : null;
    }

    private boolean isAllowed(String repository) {
        var allowed = settings.repositories();
        var name = repository.toLowerCase(Locale.ROOT);
        var owner = name.substring(0, name.indexOf('/'));
        return allowed.isEmpty() || allowed.contains(name) || allowed.contains(owner + "/*");
    }
}
