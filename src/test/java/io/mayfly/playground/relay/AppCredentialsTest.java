package io.mayfly.playground.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mayfly.config.Setting;
import io.mayfly.github.PrivateKeyParser;
import io.mayfly.github.PrivateKeys;
import io.mayfly.playground.github.GitHubApp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class AppCredentialsTest {

    private static final GitHubApp APP = GitHubApp.generate();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    void readsWhatSetupWrites() throws IOException {
        var credentials = read(file("https://ghe.example.com/api/v3", "12345", APP.privateKeyPem(), "pa$$w${x}ord"));

        assertThat(credentials.api()).hasToString("https://ghe.example.com/api/v3");
        assertThat(credentials.app().id()).isEqualTo(12345);
        assertThat(credentials.app().key().getPrivate()).isEqualTo(APP.key().getPrivate());
        assertThat(credentials.app().key().getPublic()).isEqualTo(APP.key().getPublic());
        assertThat(credentials.webhookSecret()).isEqualTo("pa$$w${x}ord");
    }

    @Test
    void readsAKeyThatOpenSslHasWritten() throws IOException {
        var credentials = read(file("https://api.github.com/", "1", APP.privateKeyPkcs8Pem(), "s"));

        assertThat(credentials.app().key().getPrivate()).isEqualTo(APP.key().getPrivate());
        assertThat(credentials.api()).hasToString("https://api.github.com");
    }

    @Test
    void takesGithubComAndOtherFormsOfShellVariables() throws IOException {
        var credentials = read("# by hand\nexport MAYFLY_GITHUB_APP_ID=7\nMAYFLY_GITHUB_WEBHOOK_SECRET=\"it's\"\n"
                + "MAYFLY_GITHUB_PRIVATE_KEY='" + APP.privateKeyPem().replace("\n", "\\n") + "'\n");

        assertThat(credentials.api()).hasToString("https://api.github.com");
        assertThat(credentials.webhookSecret()).isEqualTo("it's");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.mayfly.github.PrivateKeys#read")
    void readsTheKeyInEveryShapeThatTheFunctionTakes(String name, String text) throws IOException {
        var credentials = read(
                "MAYFLY_GITHUB_APP_ID=7\nMAYFLY_GITHUB_PRIVATE_KEY='" + text + "'\nMAYFLY_GITHUB_WEBHOOK_SECRET=s\n");

        assertThat(credentials.app().key().getPrivate())
                .as(name)
                .isEqualTo(PrivateKeyParser.parse(new Setting("KEY", PrivateKeys.pem())));
        assertThat(credentials.privateKeyPem()).isEqualTo(text);
        assertThat(credentials.webhookSecret()).isEqualTo("s");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.mayfly.github.PrivateKeys#refused")
    void refusesWhatTheFunctionRefuses(String name, String text) {
        assertThatThrownBy(() -> read("MAYFLY_GITHUB_APP_ID=7\nMAYFLY_GITHUB_PRIVATE_KEY='" + text
                        + "'\nMAYFLY_GITHUB_WEBHOOK_SECRET=s\n"))
                .as(name)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("MAYFLY_GITHUB_PRIVATE_KEY");
    }

    @ParameterizedTest
    @CsvSource({
        "http://api.github.com, 1, KEY, secret, no address",
        "https://user@api.github.com, 1, KEY, secret, no address",
        "https://api.github.com, Iv23, KEY, secret, no number",
        "https://api.github.com, 1, no key, secret, no private key in PEM form",
        "https://api.github.com, 1, '', secret, MAYFLY_GITHUB_PRIVATE_KEY is missing",
        "https://api.github.com, 1, KEY, '', MAYFLY_GITHUB_WEBHOOK_SECRET is missing",
        "https://api.github.com, '', KEY, secret, MAYFLY_GITHUB_APP_ID is missing",
    })
    void saysWhatIsWrong(String api, String id, String key, String secret, String said) {
        var pem = key.equals("KEY") ? APP.privateKeyPem() : key;

        assertThatThrownBy(() -> read(file(api, id, pem, secret)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(said)
                .hasMessageContaining("github-app.env")
                .hasMessageNotContaining("PRIVATE KEY-----");
    }

    @Test
    void saysHowToGetTheFile() {
        assertThatThrownBy(() -> AppCredentials.read(folder.resolve("none.env")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("scripts/mayfly setup --local");
    }

    @Test
    void tellsNothingOfWhatItHolds() throws IOException {
        var credentials = read(file("https://api.github.com", "1", APP.privateKeyPem(), "pa$$w${x}ord"));

        assertThat(credentials.toString()).doesNotContain("pa$$w").doesNotContain("KEY");
    }

    private static String file(String api, String id, String pem, String secret) {
        return "MAYFLY_GITHUB_API_URL='" + api + "'\nMAYFLY_GITHUB_APP_ID='" + id + "'\nMAYFLY_GITHUB_PRIVATE_KEY='"
                + pem.replace("\n", "\\n") + "'\nMAYFLY_GITHUB_WEBHOOK_SECRET='" + secret + "'\n";
    }

    private AppCredentials read(String content) throws IOException {
        return AppCredentials.read(Files.writeString(folder.resolve("github-app.env"), content));
    }
}
