package io.mayfly.playground.github;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Delivers to the URL that the app's webhook has, signed with its secret, and records the attempt. */
final class HookDelivery {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final GitHubEmulator gitHub;
    private final HttpClient client = HttpClient.newHttpClient();

    HookDelivery(GitHubEmulator gitHub) {
        this.gitHub = gitHub;
    }

    /** On a thread of its own: GitHub answers 202 before it delivers. */
    void deliver(EmulatedDelivery delivery) {
        Thread.ofVirtual().start(() -> record(delivery, post(delivery)));
    }

    private int post(EmulatedDelivery delivery) {
        AppHook hook = gitHub.settings().hook();
        byte[] payload = delivery.payload().getBytes(StandardCharsets.UTF_8);
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create(hook.url()))
                    .timeout(LIMIT)
                    .header("Content-Type", "application/" + hook.contentType())
                    .header("X-GitHub-Event", delivery.event())
                    .header("X-GitHub-Delivery", delivery.guid())
                    .header("X-Hub-Signature-256", WebhookSignature.of(payload, hook.secret()))
                    .POST(HttpRequest.BodyPublishers.ofByteArray(payload))
                    .build();
            return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        } catch (IOException | IllegalArgumentException e) {
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }

    private void record(EmulatedDelivery delivery, int status) {
        @Nullable String action = delivery.action();
        gitHub.deliveries().record(delivery.guid(), delivery.event(), action, delivery.payload(), status);
    }
}
