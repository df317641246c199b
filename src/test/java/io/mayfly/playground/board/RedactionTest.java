package io.mayfly.playground.board;

import static org.assertj.core.api.Assertions.assertThat;

import io.mayfly.playground.wire.Json;
import io.mayfly.playground.world.Playground;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RedactionTest {

    @Test
    void hidesSecretParametersWhateverCharactersTheyHave() {
        var body = Json.write(Map.of(
                "Parameters",
                List.of(
                        Map.of("Name", "/mayfly/x/github-webhook-secret", "Value", Playground.SECRET),
                        Map.of("Name", "/mayfly/x/github-previous-webhook-secret", "Value", "{\"a\\b}"),
                        Map.of("Name", "/mayfly/x/github-private-key", "Value", "-----BEGIN\nKEY-----"),
                        Map.of("Name", "/mayfly/x/github-app-id", "Value", "Iv23li"))));
        assertThat(Redaction.text("HTTP 200", body))
                .doesNotContain("pa$$w")
                .doesNotContain("BEGIN")
                .doesNotContain("a\\\\b")
                .contains("(hidden, 12 characters)", "Iv23li");
    }

    @Test
    void hidesTokensAndJitConfigurations() {
        assertThat(Redaction.text(
                        "HTTP 201", "{\"token\":\"ghs_abc\",\"runner\":{\"id\":1},\"encoded_jit_config\":\"e30=\"}"))
                .doesNotContain("ghs_abc")
                .doesNotContain("e30=")
                .contains("\"id\":1");
    }

    @Test
    void hidesWhatIsLongAndLooksEncodedInAnyText() {
        assertThat(Redaction.text("HTTP 200", "<userData>" + "QUJD".repeat(5000) + "</userData>"))
                .isEqualTo("HTTP 200\n\n<userData>(hidden, 20000 characters)</userData>");
    }

    @Test
    void cutsWhatIsTooLong() {
        assertThat(Redaction.text("HTTP 200", "word ".repeat(5000)))
                .hasSizeLessThan(6100)
                .endsWith("(cut)");
    }
}
