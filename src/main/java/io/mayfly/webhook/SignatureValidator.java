package io.mayfly.webhook;

import io.mayfly.config.Settings;
import io.mayfly.config.WebhookSecrets;
import jakarta.inject.Singleton;
import java.util.HexFormat;

/**
 * Checks {@code X-Hub-Signature-256}: HMAC-SHA256 of the body's bytes under the webhook secret, compared in constant
 * time. During a rotation the previous secret counts too.
 *
 * @see <a href="https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries">Validating webhook
 *     deliveries</a>
 */
@Singleton
public class SignatureValidator {

    private static final String PREFIX = "sha256=";
    private static final int HEX_DIGITS = 64;

    private final WebhookSecrets secrets;

    public SignatureValidator(Settings settings) {
        this.secrets = new WebhookSecrets(settings);
    }

    /** Whether the header's value is the signature of the body under one of the secrets. */
    public boolean isValid(byte[] body, String header) {
        if (header.length() != PREFIX.length() + HEX_DIGITS || !header.startsWith(PREFIX)) {
            return false;
        }
        byte[] signature;
        try {
            signature = HexFormat.of().parseHex(header, PREFIX.length(), header.length());
        } catch (IllegalArgumentException notHex) {
            return false;
        }
        return secrets.haveSigned(signature, secret -> WebhookSecrets.hmac(secret, body));
    }

    /** The header's value by which GitHub would sign the body now. */
    public String sign(byte[] body) {
        return PREFIX + HexFormat.of().formatHex(secrets.sign(secret -> WebhookSecrets.hmac(secret, body)));
    }
}
