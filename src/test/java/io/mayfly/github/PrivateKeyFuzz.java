package io.mayfly.github;

import io.mayfly.config.Setting;
import io.mayfly.outcome.ConfigurationException;
import java.nio.charset.StandardCharsets;

/** The private key as an operator pastes it: a key, or an error that names the setting and holds nothing of the value. */
public final class PrivateKeyFuzz {

    private PrivateKeyFuzz() {}

    public static void fuzzerTestOneInput(byte[] bytes) {
        try {
            var key = PrivateKeyParser.parse(
                    new Setting("MAYFLY_GITHUB_PRIVATE_KEY", new String(bytes, StandardCharsets.ISO_8859_1)));
            if (!key.getAlgorithm().equals("RSA")) {
                throw new AssertionError("a key that is no RSA key");
            }
        } catch (ConfigurationException e) {
            if (!String.valueOf(e.getMessage()).matches("MAYFLY_GITHUB_PRIVATE_KEY: (is no|holds a PEM).{1,120}")) {
                throw new AssertionError("a message that holds something else", e);
            }
        }
    }
}
