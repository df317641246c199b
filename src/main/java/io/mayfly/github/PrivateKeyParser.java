package io.mayfly.github;

import io.mayfly.config.Setting;
import io.mayfly.outcome.ConfigurationException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the app's private key in the forms in which operators have it: the PEM that GitHub gives (PKCS#1) or PKCS#8,
 * with line ends or the two characters {@code \n}, or the base64 of either.
 */
final class PrivateKeyParser {

    private static final Pattern PEM =
            Pattern.compile("-----BEGIN (RSA )?PRIVATE KEY-----(.*)-----END (RSA )?PRIVATE KEY-----", Pattern.DOTALL);

    /** AlgorithmIdentifier of rsaEncryption without parameters to speak of (RFC 8017, A.1), behind version 0 of RFC 5208. */
    private static final byte[] PKCS8_HEAD = HexFormat.of().parseHex("020100300d06092a864886f70d0101010500");

    private static final int SEQUENCE = 0x30;
    private static final int OCTET_STRING = 0x04;

    private PrivateKeyParser() {}

    /** @throws ConfigurationException naming the key of the setting, never with a part of its value */
    static PrivateKey parse(Setting setting) {
        var pem = pem(setting.value());
        if (pem == null) {
            throw new ConfigurationException(
                    setting.key(),
                    "is no private key in PEM form, nor the base64 of one; paste the file that GitHub gave you");
        }
        try {
            var der = Base64.getMimeDecoder().decode(pem.group(2));
            return KeyFactory.getInstance("RSA")
                    .generatePrivate(new PKCS8EncodedKeySpec(pem.group(1) == null ? der : wrapped(der)));
        } catch (InvalidKeySpecException | IllegalArgumentException e) {
            throw new ConfigurationException(setting.key(), "holds a PEM that is no RSA private key");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has RSA", e);
        }
    }

    private static @Nullable Matcher pem(String value) {
        var routes = PEM.matcher(value.replace("\\n", "\n"));
        if (routes.find()) {
            return routes;
        }
        try {
            var decoded = new String(Base64.getMimeDecoder().decode(value), StandardCharsets.ISO_8859_1);
            var inner = PEM.matcher(decoded.replace("\\n", "\n"));
            return inner.find() ? inner : null;
        } catch (IllegalArgumentException notBase64) {
            return null;
        }
    }

    /** PKCS#1 as PKCS#8: neither the JDK's KeyFactory nor SmallRye JWT reads PKCS#1. */
    private static byte[] wrapped(byte[] pkcs1) {
        var content = new ByteArrayOutputStream();
        content.writeBytes(PKCS8_HEAD);
        content.writeBytes(element(OCTET_STRING, pkcs1));
        return element(SEQUENCE, content.toByteArray());
    }

    private static byte[] element(int tag, byte[] content) {
        var out = new ByteArrayOutputStream(content.length + 5);
        out.write(tag);
        if (content.length < 0x80) {
            out.write(content.length);
        } else {
            var octets = (Integer.SIZE - Integer.numberOfLeadingZeros(content.length) + 7) / 8;
            out.write(0x80 | octets);
            for (var shift = (octets - 1) * 8; shift >= 0; shift -= 8) {
                out.write(content.length >>> shift);
            }
        }
        out.writeBytes(content);
        return out.toByteArray();
    }
}
