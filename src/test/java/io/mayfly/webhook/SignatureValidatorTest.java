package io.mayfly.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.mayfly.config.TestSettings;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SignatureValidatorTest {

    private static SignatureValidator validator(String... secrets) {
        var settings = new TestSettings().with("MAYFLY_GITHUB_WEBHOOK_SECRET", secrets[0]);
        if (secrets.length > 1) {
            settings.with("MAYFLY_GITHUB_PREVIOUS_WEBHOOK_SECRET", secrets[1]);
        }
        return new SignatureValidator(settings.settings());
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** The first is GitHub's ("Validating webhook deliveries"), the second cdk-github-runners' own. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "It's a Secret to Everybody | Hello, World! | 757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
                "secret | {\"action\":\"queued\"} | 57aa67ee965ce46922aa32fe939e794fbb6df5c93809bf46ed24fc13714a0506"
            })
    void acceptsPublishedVectors(String secret, String body, String digest) {
        assertThat(validator(secret.strip()).isValid(utf8(body), "sha256=" + digest))
                .isTrue();
        assertThat(validator("x").isValid(utf8(body), "sha256=" + digest)).isFalse();
        assertThat(validator("new", secret).isValid(utf8(body), "sha256=" + digest))
                .isTrue();
    }

    @Test
    void countsEachByte() {
        var body = utf8("Hello, World!");
        var signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
        var validator = validator("It's a Secret to Everybody");
        for (var index = 0; index < body.length; index++) {
            body[index] ^= 1;
            assertThat(validator.isValid(body, signature)).isFalse();
            body[index] ^= 1;
        }
        assertThat(validator.isValid(body, signature)).isTrue();
        assertThat(validator.isValid(body, signature.toUpperCase(Locale.ROOT))).isFalse();
    }
}
