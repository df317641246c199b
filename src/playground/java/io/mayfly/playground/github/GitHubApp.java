package io.mayfly.playground.github;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/** A GitHub App and its key. */
public record GitHubApp(long id, String clientId, KeyPair key) {

    /** The length of what PKCS#8 puts before the PKCS#1 key of an RSA key of 2048 bits. */
    private static final int PKCS8_HEAD = 26;

    /** Version 0, and the algorithm: rsaEncryption without parameters. See RFC 5208, section 5. */
    private static final byte[] VERSION_AND_RSA = HexFormat.of().parseHex("020100300d06092a864886f70d0101010500");

    private static final int SEQUENCE = 0x30;
    private static final int OCTET_STRING = 0x04;

    /** An app with a new key of 2048 bits. */
    public static GitHubApp generate() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            return new GitHubApp(12345, "Iv23liMayflyPlayground", generator.generateKeyPair());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has RSA", e);
        }
    }

    /**
     * The app of an id and a private key in PEM, PKCS#1 as GitHub hands it out or PKCS#8. Such an app is known by its id alone.
     *
     * @throws IllegalArgumentException for what is no RSA key
     */
    public static GitHubApp of(long id, String pem) {
        try {
            byte[] der = Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
            byte[] pkcs8 = pem.contains("BEGIN RSA PRIVATE KEY") ? pkcs8(der) : der;
            KeyFactory factory = KeyFactory.getInstance("RSA");
            RSAPrivateCrtKey key = (RSAPrivateCrtKey) factory.generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            RSAPublicKeySpec half = new RSAPublicKeySpec(key.getModulus(), key.getPublicExponent());
            return new GitHubApp(id, String.valueOf(id), new KeyPair(factory.generatePublic(half), key));
        } catch (GeneralSecurityException | ClassCastException | IllegalArgumentException e) {
            throw new IllegalArgumentException("this is no RSA private key in PEM", e);
        }
    }

    private static byte[] pkcs8(byte[] pkcs1) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        content.writeBytes(VERSION_AND_RSA);
        content.writeBytes(der(OCTET_STRING, pkcs1));
        return der(SEQUENCE, content.toByteArray());
    }

    private static byte[] der(int tag, byte[] content) {
        ByteArrayOutputStream encoded = new ByteArrayOutputStream();
        encoded.write(tag);
        if (content.length < 0x80) {
            encoded.write(content.length);
        } else {
            byte[] length = BigInteger.valueOf(content.length).toByteArray();
            int sign = length[0] == 0 ? 1 : 0;
            encoded.write(0x80 + length.length - sign);
            encoded.write(length, sign, length.length - sign);
        }
        encoded.writeBytes(content);
        return encoded.toByteArray();
    }

    /** The private key as GitHub hands it out: PKCS#1. */
    public String privateKeyPem() {
        byte[] pkcs8 = key.getPrivate().getEncoded();
        return pem("RSA PRIVATE KEY", Arrays.copyOfRange(pkcs8, PKCS8_HEAD, pkcs8.length));
    }

    /** The private key in the form OpenSSL writes today. */
    public String privateKeyPkcs8Pem() {
        return pem("PRIVATE KEY", key.getPrivate().getEncoded());
    }

    private static String pem(String type, byte[] der) {
        String lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return "-----BEGIN " + type + "-----\n" + lines + "\n-----END " + type + "-----\n";
    }

    @Override
    public String toString() {
        return "GitHub App " + id;
    }
}
