package io.mayfly.github;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mayfly.config.Setting;
import io.mayfly.outcome.ConfigurationException;
import java.security.interfaces.RSAPrivateCrtKey;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PrivateKeyParserTest {

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.mayfly.github.PrivateKeys#read")
    void readsEveryShapeAsTheSameKey(String name, String text) {
        assertThat(parse(text)).as(name).isEqualTo(parse(PrivateKeys.pem()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.mayfly.github.PrivateKeys#refused")
    void refusesWhatIsNoKeyWithoutShowingIt(String name, String text) {
        assertThatThrownBy(() -> parse(text))
                .as(name)
                .isInstanceOf(ConfigurationException.class)
                .hasMessageMatching(
                        "KEY: (is no private key in PEM form|holds a PEM that is no RSA private key).{0,80}")
                .hasNoCause();
    }

    private static RSAPrivateCrtKey parse(String text) {
        return PrivateKeyParser.parse(new Setting("KEY", text));
    }
}
