package io.mayfly.playground.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.mayfly.playground.github.GitHubApp;
import io.mayfly.playground.github.GitHubEmulator;
import io.mayfly.playground.github.WebhookEvent;
import io.mayfly.playground.wire.Emulation;
import io.mayfly.playground.wire.Json;
import io.mayfly.playground.wire.ManualClock;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DeliveryPollerTest {

    private static final GitHubApp APP = GitHubApp.generate();
    private static final Duration EVERY = Duration.ofSeconds(5);
    private static final String LIST = "list-deliveries";
    private static final String DETAIL = "get-delivery";

    private final ManualClock clock = new ManualClock(Instant.parse("2026-11-24T12:00:00Z"));
    private final List<WebhookEvent> arrived = new ArrayList<>();
    private final List<String> journal = new ArrayList<>();

    @AutoClose
    @SuppressWarnings("NullAway.Init")
    private GitHubEmulator gitHub;

    @SuppressWarnings("NullAway.Init")
    private DeliveryPoller poller;

    @BeforeEach
    void start() throws IOException {
        gitHub = GitHubEmulator.start(Emulation.of(clock), APP, 0);
        poller = poller(arrived::add);
    }

    @Test
    void handsOverWhatIsNewOnceAndTheOldestFirst() throws InterruptedException {
        deliver("a", "queued");
        deliver("b", "completed");

        assertThat(poller.look()).isEqualTo(EVERY);
        deliver("c", "queued");
        poller.look();
        poller.look();

        assertThat(arrived).extracting(WebhookEvent::guid).containsExactly("a", "b", "c");
        assertThat(arrived.getFirst())
                .isEqualTo(new WebhookEvent(5, "a", "workflow_job", "queued", "{\"workflow_job\":{\"id\":5}}"));
        assertThat(gitHub.log().count(DETAIL)).isEqualTo(3);
        assertThat(journal).isEmpty();
    }

    @Test
    void handsOverEventsOfEveryKind() throws InterruptedException {
        gitHub.deliveries().record("p", "ping", null, "{\"zen\":\"x\"}", 404);

        poller.look();

        assertThat(arrived).containsExactly(new WebhookEvent(0, "p", "ping", "", "{\"zen\":\"x\"}"));
    }

    @Test
    void readsAllPages() throws InterruptedException {
        for (int i = 0; i < 250; i++) {
            deliver("guid-" + i, "queued");
        }

        poller.look();

        assertThat(arrived).hasSize(250).first().extracting(WebhookEvent::guid).isEqualTo("guid-0");
        assertThat(gitHub.log().count(LIST)).isEqualTo(3);
    }

    @Test
    void asksForNoPageMoreThanItNeeds() throws InterruptedException {
        for (int i = 0; i < 250; i++) {
            deliver("guid-" + i, "queued");
        }
        poller.look();
        gitHub.log().clear();
        deliver("new", "queued");

        poller.look();
        poller.look();

        assertThat(gitHub.log().count(LIST)).isEqualTo(3);
        assertThat(arrived).hasSize(251);
    }

    @Test
    void handsOverARedeliveryAgain() throws InterruptedException {
        deliver("a", "queued");
        poller.look();

        deliver("a", "queued");
        poller.look();

        assertThat(arrived).extracting(WebhookEvent::guid).containsExactly("a", "a");
    }

    @Test
    void takesUpWhatCameShortlyBeforeAStartAndNothingOlder() throws InterruptedException {
        deliver("old", "queued");
        clock.advance(Duration.ofMinutes(11));
        deliver("young", "queued");
        clock.advance(Duration.ofMinutes(5));

        poller(arrived::add).look();

        assertThat(arrived).extracting(WebhookEvent::guid).containsExactly("young");
    }

    @Test
    void losesNothingWhenTheMachineWasAsleep() throws InterruptedException {
        deliver("a", "queued");
        poller.look();
        clock.advance(Duration.ofHours(1));
        deliver("b", "queued");
        clock.advance(Duration.ofHours(5));
        deliver("c", "queued");

        poller.look();

        assertThat(arrived).extracting(WebhookEvent::guid).containsExactly("a", "b", "c");
    }

    @Test
    void handsOverADeliveryOnceThoughTheNextOneCouldNotBeRead() throws InterruptedException {
        deliver("a", "queued");
        deliver("b", "queued");
        gitHub.faults().on(DETAIL).afterCalls(1).times(1).answer(500);

        poller.look();
        assertThat(arrived).extracting(WebhookEvent::guid).containsExactly("a");
        poller.look();

        assertThat(arrived).extracting(WebhookEvent::guid).containsExactly("a", "b");
        assertThat(journal).hasSize(2);
        assertThat(journal.getFirst()).contains("can't be read").contains("500");
        assertThat(journal.getLast()).contains("read again");
    }

    @Test
    void waitsLongerEachTimeThatGitHubDoesNotAnswerAndSaysSoOnce() throws InterruptedException {
        gitHub.faults().on(LIST).times(99).close();

        var pauses = new ArrayList<Duration>();
        for (int i = 0; i < 6; i++) {
            pauses.add(poller.look());
        }

        assertThat(pauses)
                .containsExactly(
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(20),
                        Duration.ofSeconds(40),
                        Duration.ofMinutes(1),
                        Duration.ofMinutes(1),
                        Duration.ofMinutes(1));
        assertThat(journal).hasSize(1).first().asString().contains("does not answer");
    }

    @Test
    void waitsAsLongAsGitHubWants() throws InterruptedException {
        gitHub.faults().on(LIST).times(1).answer(429, Map.of("Retry-After", "120"));
        assertThat(poller.look()).isEqualTo(Duration.ofMinutes(2));

        var reset = String.valueOf(clock.instant().plusSeconds(900).getEpochSecond());
        gitHub.faults()
                .on(LIST)
                .times(1)
                .answer(403, Map.of("X-RateLimit-Remaining", "0", "X-RateLimit-Reset", reset), "{}");
        assertThat(poller.look()).isEqualTo(Duration.ofMinutes(15));
    }

    @Test
    void saysThatIdAndKeyAreNotAccepted() throws InterruptedException {
        gitHub.faults().on(LIST).times(1).answer(401);

        poller.look();

        assertThat(journal.getFirst()).contains("does not accept id and key");
    }

    @Test
    void leavesOutWhatGitHubNoLongerHas() throws InterruptedException {
        deliver("a", "queued");
        deliver("b", "queued");
        gitHub.faults().on(DETAIL).times(1).answer(404);

        poller.look();

        assertThat(arrived).extracting(WebhookEvent::guid).containsExactly("b");
        assertThat(journal.getFirst()).contains("no longer has the delivery a");
    }

    @Test
    void leavesOutWhatHasNoPayload() throws InterruptedException {
        gitHub.deliveries().record("a", "workflow_job", "queued", "no JSON", 404);

        poller.look();

        assertThat(arrived).isEmpty();
        assertThat(journal.getFirst()).contains("no payload of the delivery a");
    }

    @Test
    void goesOnWhenTheReceiverFails() throws InterruptedException {
        deliver("a", "queued");
        deliver("b", "queued");
        var failing = poller(event -> {
            arrived.add(event);
            throw new IllegalStateException("on purpose");
        });

        failing.look();
        failing.look();
        failing.look();

        assertThat(arrived).extracting(WebhookEvent::guid).containsExactly("a", "b");
    }

    @Test
    void sendsItsJwtToNoOtherServer() throws InterruptedException {
        deliver("a", "queued");
        gitHub.faults()
                .on(LIST)
                .times(1)
                .answer(200, Map.of("Link", "<https://evil.example/app>; rel=\"next\""), listOfOne());

        poller.look();

        assertThat(journal.getFirst()).contains("another server");
    }

    private String listOfOne() {
        return Json.write(List.of(gitHub.deliveries().all().getFirst().summary()));
    }

    private void deliver(String guid, String action) {
        clock.advance(Duration.ofSeconds(1));
        gitHub.deliveries().record(guid, "workflow_job", action, "{\"workflow_job\":{\"id\":5}}", 404);
    }

    private DeliveryPoller poller(Consumer<WebhookEvent> receiver) {
        var credentials =
                new AppCredentials(URI.create(gitHub.url().toString()), APP, APP.privateKeyPem(), "pa$$w${x}ord");
        return new DeliveryPoller(new AppClient(credentials, clock), receiver, journal::add, clock, EVERY);
    }
}
