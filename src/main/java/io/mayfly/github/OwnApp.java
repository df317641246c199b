package io.mayfly.github;

import io.mayfly.config.Settings;
import io.mayfly.outcome.ConfigurationException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One of the deployment's GitHub Apps. The first does everything; further ones register runners and do nothing else. */
public enum OwnApp {
    FIRST(1, "MAYFLY_GITHUB_APP_ID", "MAYFLY_GITHUB_APP_ID, MAYFLY_GITHUB_PRIVATE_KEY"),
    SECOND(2, "MAYFLY_GITHUB_APP_2", "MAYFLY_GITHUB_APP_2"),
    THIRD(3, "MAYFLY_GITHUB_APP_3", "MAYFLY_GITHUB_APP_3");

    static final List<OwnApp> FURTHER = List.of(SECOND, THIRD);

    private final int number;
    private final String idSetting;
    private final String settings;

    OwnApp(int number, String idSetting, String settings) {
        this.number = number;
        this.idSetting = idSetting;
        this.settings = settings;
    }

    /** Where its id is set, and its key. */
    String settings() {
        return settings;
    }

    /** Where its id is set. */
    String idSetting() {
        return idSetting;
    }

    /**
     * By what it proves itself; null where there is no such App.
     *
     * @throws ConfigurationException when it is there and can't be read
     */
    @Nullable
    AppKey credentials(Settings all) {
        if (this == FIRST) {
            return new AppKey(all.githubAppId().value().strip(), all.githubPrivateKey());
        }
        var setting = all.furtherGitHubApp(number);
        return setting == null ? null : AppKey.parse(setting);
    }

    /** The permissions that its tokens have, as JSON. */
    String permissions(String ofScope) {
        return "{" + (this == FIRST ? "\"actions\":\"read\"," : "") + "\"" + ofScope + "\":\"write\"}";
    }

    @Override
    public String toString() {
        return "github-app-" + number;
    }
}
