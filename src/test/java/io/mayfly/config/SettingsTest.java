package io.mayfly.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mayfly.outcome.ConfigurationException;
import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {

    @ParameterizedTest
    @CsvSource({
        "https://api.github.com, https://api.github.com",
        "https://api.octo.ghe.com/, https://api.octo.ghe.com",
        "https://github.example.com:8443/api/v3/, https://github.example.com:8443/api/v3",
        "http://127.0.0.1:8080, http://127.0.0.1:8080",
        "http://127.9.9.9/api/v3, http://127.9.9.9/api/v3",
        "http://localhost:8080, http://localhost:8080",
        "http://[::1]:8080, http://[::1]:8080",
    })
    void takesAGitHubToWhichCredentialsMayGo(String given, String taken) {
        assertThat(gitHubApiUrl(given)).hasToString(taken);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://api.github.com",
                "http://github.example.com/api/v3",
                "http://localhost.example.com",
                "http://127.0.0.1.example.com",
                "http://127.0.0.1@example.com",
                "http://10.0.0.1",
                "http://0.0.0.0",
                "http://[2001:db8::1]",
                "ftp://127.0.0.1",
                "//api.github.com",
                "api.github.com",
                "https://",
                "https://user:word@github.example.com",
                "https://github.example.com?api",
                "https://github.example.com#api",
                "https://git hub.example.com",
            })
    void refusesAnyOther(String given) {
        assertThatThrownBy(() -> gitHubApiUrl(given))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("MAYFLY_GITHUB_API_URL: is no https URL, expected https://HOST or https://HOST/api/v3");
    }

    private static URI gitHubApiUrl(String value) {
        return new TestSettings()
                .with("MAYFLY_GITHUB_API_URL", value)
                .settings()
                .githubApiUrl();
    }
}
