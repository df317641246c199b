package io.mayfly.playground;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A delivery as GitHub sends it, with its signature. See "Webhook events and payloads" in GitHub's docs. */
public final class SignedWebhook {

    private SignedWebhook() {}

    /** A signed delivery of an event. */
    public static FunctionUrlEvent of(String event, byte[] payload, String secret) {
        return new FunctionUrlEvent("POST", "/webhook", payload)
                .header("user-agent", "GitHub-Hookshot/0000000")
                .header("x-github-event", event)
                .header("x-github-delivery", UUID.randomUUID().toString())
                .header("x-github-hook-id", "292430182")
                .header("x-github-hook-installation-target-type", "integration")
                .header("x-hub-signature-256", signature(payload, secret));
    }

    /** The value of {@code X-Hub-Signature-256}. */
    public static String signature(byte[] payload, String secret) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return "sha256=" + HexFormat.of().formatHex(mac.doFinal(payload));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
