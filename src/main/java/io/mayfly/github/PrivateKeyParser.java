package io.mayfly.github;

import io.mayfly.config.Setting;
import io.mayfly.outcome.ConfigurationException;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the app's private key in the shapes in which operators have it: the PEM that GitHub gives (PKCS#1) or PKCS#8, its
 * line ends real or written as {@code \n} or {@code \r\n}, or the base64 of either, wrapped or not. The operator's tool reads
 * the same shapes, and {@code private-keys.json} holds both to them.
 */
public final class PrivateKeyParser {

    private static final String PKCS1 = "RSA PRIVATE KEY";
    private static final String DASHES = "-----";
    private static final Pattern PEM =
            Pattern.compile("-----BEGIN (" + PKCS1 + "|PRIVATE KEY)-----([^-]*+)-----END \\1-----", Pattern.DOTALL);

    /** AlgorithmIdentifier of rsaEncryption without parameters to speak of (RFC 8017, A.1), behind version 0 of RFC 5208. */
    private static final byte[] PKCS8_HEAD = HexFormat.of().parseHex("020100300d06092a864886f70d0101010500");

    private static final int SEQUENCE = 0x30;
    private static final int OCTET_STRING = 0x04;

    private PrivateKeyParser() {}

    /**
     * The key that the setting holds.
     *
     * @throws ConfigurationException naming the key of the setting, never with a part of its value
     */
    public static RSAPrivateCrtKey parse(Setting setting) {
        var pem = pem(lines(setting.value()));
        if (pem == null) {
            throw new ConfigurationException(
                    setting.key(),
                    "is no private key in PEM form, nor the base64 of one; paste the file that GitHub gave you");
        }
        try {
            var der = decoded(pem.group(2));
            var key = KeyFactory.getInstance("RSA")
                    .generatePrivate(new PKCS8EncodedKeySpec(PKCS1.equals(pem.group(1)) ? wrapped(der) : der));
            if (key instanceof RSAPrivateCrtKey whole && belongTogether(whole)) {
                return whole;
            }
            throw new InvalidKeySpecException("damaged");
        } catch (InvalidKeySpecException | IllegalArgumentException e) {
            throw new ConfigurationException(setting.key(), "holds a PEM that is no RSA private key");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has RSA", e);
        }
    }

    private static @Nullable Matcher pem(String text) {
        if (!text.contains(DASHES)) {
            try {
                text = lines(new String(decoded(text), StandardCharsets.ISO_8859_1));
            } catch (IllegalArgumentException notBase64) {
                return null;
            }
        }
        var pem = PEM.matcher(text);
        return pem.find() ? pem : null;
    }

    /** The text with real line ends where they are written. */
    private static String lines(String text) {
        return text.replace("\\r", "\r").replace("\\n", "\n");
    }

    /** Strictly, but for blanks and line ends: a decoder that leaves out what it does not know mends a damaged key to another. */
    private static byte[] decoded(String text) {
        return Base64.getDecoder().decode(text.replaceAll("\\s+|=+\\s*$", ""));
    }

    /** A key whose numbers don't would sign, and GitHub would not believe it. */
    private static boolean belongTogether(RSAPrivateCrtKey key) {
        var p = key.getPrimeP();
        var q = key.getPrimeQ();
        var d = key.getPrivateExponent();
        var lessP = p.subtract(BigInteger.ONE);
        var lessQ = q.subtract(BigInteger.ONE);
        return p.signum() > 0
                && q.signum() > 0
                && lessP.signum() > 0
                && lessQ.signum() > 0
                && p.multiply(q).equals(key.getModulus())
                && key.getPublicExponent().multiply(d).mod(lessP).equals(BigInteger.ONE)
                && key.getPublicExponent().multiply(d).mod(lessQ).equals(BigInteger.ONE)
                && d.mod(lessP).equals(key.getPrimeExponentP())
                && d.mod(lessQ).equals(key.getPrimeExponentQ())
                && key.getCrtCoefficient().multiply(q).mod(p).equals(BigInteger.ONE);
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
