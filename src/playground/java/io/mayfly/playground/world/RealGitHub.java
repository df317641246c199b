package io.mayfly.playground.world;

import com.fasterxml.jackson.databind.JsonNode;
import io.mayfly.playground.board.Journal;
import io.mayfly.playground.github.WebhookEvent;
import io.mayfly.playground.relay.AppClient;
import io.mayfly.playground.relay.AppCredentials;
import io.mayfly.playground.relay.DeliveryPoller;
import io.mayfly.playground.wire.Json;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;

/** A playground whose GitHub is a real one: its deliveries, its jobs, its runners' registrations. */
public final class RealGitHub {

    private static final Duration EVERY = Duration.ofSeconds(5);

    private final AppClient client;
    private final Playground playground;
    private final String app;

    private RealGitHub(AppClient client, Playground playground, String app) {
        this.client = client;
        this.playground = playground;
        this.app = app;
    }

    /**
     * Opens the playground of an app.
     *
     * @param file with its credentials
     * @throws IllegalArgumentException that says why it can't be used
     */
    public static RealGitHub open(Path file) throws InterruptedException {
        AppCredentials credentials = AppCredentials.read(file);
        AppClient client = new AppClient(credentials, InstantSource.system());
        JsonNode known = ask(client, "/app");
        JsonNode permissions = known.path("permissions");
        if (!Json.texts(known.path("events")).contains(WebhookEvent.WORKFLOW_JOB)) {
            throw new IllegalArgumentException("The App " + known.path("name").asText()
                    + " is not subscribed to workflow_job events, so none would"
                    + " come: tick \"Workflow job\" in its settings, under Permissions & events.");
        }
        Playground playground = Playground.between(credentials, client);
        if (!permissions.has("administration") && permissions.has("organization_self_hosted_runners")) {
            playground.forOrganizations();
        }
        String app = known.path("name").asText() + " (" + known.path("html_url").asText() + ")";
        return new RealGitHub(client, playground, app);
    }

    private static JsonNode ask(AppClient client, String path) throws InterruptedException {
        try {
            return client.get(path, "").orElseThrow().json();
        } catch (AppClient.Trouble e) {
            throw new IllegalArgumentException(e.told(), e);
        }
    }

    public Playground playground() {
        return playground;
    }

    /** From now on what GitHub delivers arrives. */
    public void deliver(WebhookSender webhooks, Journal journal) {
        journal.write("Jobs come from GitHub, by the App " + app + "; instances are emulated");
        DeliveryPoller poller = new DeliveryPoller(
                client, webhooks::arrive, journal::write, playground.github().clock(), EVERY);
        Thread.ofVirtual().start(poller::run);
    }
}
