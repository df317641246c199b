package io.mayfly.playground.aws;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.SortedMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A request to AWS that is to be signed: without a query, and with plain values in its headers.
 *
 * @param headers those that are signed; names in lower case
 * @see <a href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html">Create a
 *     signed AWS API request</a>
 */
record SignatureV4(String method, String path, SortedMap<String, String> headers, String body) {

    static final String ALGORITHM = "AWS4-HMAC-SHA256";

    /**
     * The signature in hexadecimal digits.
     *
     * @param date as in {@code x-amz-date}
     * @param scope day, region, service and {@code aws4_request}
     */
    String with(String secret, String date, String scope) {
        byte[] key = ("AWS4" + secret).getBytes(StandardCharsets.UTF_8);
        for (String part : scope.split("/", -1)) {
            key = mac(key, part);
        }
        String toSign = String.join("\n", ALGORITHM, date, scope, hash(canonical()));
        return HexFormat.of().formatHex(mac(key, toSign));
    }

    private String canonical() {
        StringBuilder lines = new StringBuilder();
        for (Map.Entry<String, String> header : headers.entrySet()) {
            lines.append(header.getKey())
                    .append(':')
                    .append(header.getValue().strip().replaceAll(" +", " "))
                    .append('\n');
        }
        return String.join("\n", method, path, "", lines, String.join(";", headers.keySet()), hash(body));
    }

    static byte[] mac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HMAC with SHA-256", e);
        }
    }

    private static String hash(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
