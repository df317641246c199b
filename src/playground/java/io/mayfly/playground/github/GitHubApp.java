package io.mayfly.playground.github;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.RSAPublicKeySpec;
import java.util.Arrays;
import java.util.Base64;

/** A GitHub App and its key. */
public record GitHubApp(long id, String clientId, KeyPair key) {

    /** The length of what PKCS#8 puts before the PKCS#1 key of an RSA key of 2048 bits. */
    private static final int PKCS8_HEAD = 26;

    /** An app with a new key of 2048 bits. */
    public static GitHubApp generate() {
        return generate(12345, "Iv23liMayflyPlayground");
    }

    /** The same with an id of its own. */
    public static GitHubApp generate(long id, String clientId) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            return new GitHubApp(id, clientId, generator.generateKeyPair());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has RSA", e);
        }
    }

    /** The app of an id and its private key. Such an app is known by its id alone. */
    public static GitHubApp of(long id, RSAPrivateCrtKey key) {
        try {
            var half = new RSAPublicKeySpec(key.getModulus(), key.getPublicExponent());
            return new GitHubApp(
                    id,
                    String.valueOf(id),
                    new KeyPair(KeyFactory.getInstance("RSA").generatePublic(half), key));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has RSA", e);
        }
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
