package io.mayfly.config;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.List;
import java.util.function.UnaryOperator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** MACs by the webhook secret. During a rotation the previous secret counts too. */
public final class WebhookSecrets {

    private static final String ALGORITHM = "HmacSHA256";

    private final Settings settings;

    public WebhookSecrets(Settings settings) {
        this.settings = settings;
    }

    /**
     * A MAC by the current secret.
     *
     * @param made how it is made of a secret
     */
    public byte[] sign(UnaryOperator<byte[]> made) {
        return made.apply(bytes(settings.webhookSecrets().getFirst()));
    }

    /** Whether a MAC was made by one of the secrets, in constant time. Where it was not, they are read anew, if that is due. */
    public boolean haveSigned(byte[] mac, UnaryOperator<byte[]> made) {
        return matchesAny(mac, made, settings.webhookSecrets())
                || (settings.lookAgainForSecrets() && matchesAny(mac, made, settings.webhookSecrets()));
    }

    private static boolean matchesAny(byte[] mac, UnaryOperator<byte[]> made, List<Setting> secrets) {
        var matches = false;
        for (var secret : secrets) {
            matches |= MessageDigest.isEqual(mac, made.apply(bytes(secret)));
        }
        return matches;
    }

    private static byte[] bytes(Setting secret) {
        return secret.value().getBytes(StandardCharsets.UTF_8);
    }

    /** HMAC with SHA-256. */
    public static byte[] hmac(byte[] key, byte[] text) {
        try {
            var mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key, ALGORITHM));
            return mac.doFinal(text);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + ALGORITHM, e);
        }
    }
}
