package io.mayfly.playground.world;

import io.mayfly.playground.github.WebhookSignature;
import io.mayfly.playground.host.FunctionUrlEvent;
import java.util.UUID;

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
                .header("x-hub-signature-256", WebhookSignature.of(payload, secret));
    }
}
