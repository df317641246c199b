package io.mayfly.webhook;

import io.mayfly.config.Setting;
import io.mayfly.config.Settings;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Checks {@code X-Hub-Signature-256}: HMAC-SHA256 of the body's bytes under the webhook secret, compared in constant
 * time. During a rotation the previous secret counts too.
 *
 * @see <a href="https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries">Validating webhook
 *     deliveries</a>
 */
@Singleton
public class SignatureValidator {

    private static final String ALGORITHM = "HmacSHA256";
    private static final String PREFIX = "sha256=";
    private static final int HEX_DIGITS = 64;

    private final Settings settings;

    public SignatureValidator(Settings settings) {
        this.settings = settings;
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
        return matchesAny(body, signature, settings.webhookSecrets())
                || (settings.lookAgainForSecrets() && matchesAny(body, signature, settings.webhookSecrets()));
    }

    /** The header's value by which GitHub would sign the body now. */
    public String sign(byte[] body) {
        return PREFIX
                + HexFormat.of().formatHex(sign(body, settings.webhookSecrets().getFirst()));
    }

    private static boolean matchesAny(byte[] body, byte[] signature, List<Setting> secrets) {
        var matches = false;
        for (var secret : secrets) {
            matches |= MessageDigest.isEqual(signature, sign(body, secret));
        }
        return matches;
    }

    private static byte[] sign(byte[] body, Setting secret) {
        try {
            var mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(secret.value().getBytes(StandardCharsets.UTF_8), ALGORITHM));
            return mac.doFinal(body);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + ALGORITHM, e);
        }
    }
}
