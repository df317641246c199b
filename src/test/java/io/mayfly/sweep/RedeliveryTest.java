package io.mayfly.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.mayfly.github.DeliveryAttempt;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedeliveryTest {

    private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");

    private final List<DeliveryAttempt> log = new ArrayList<>();

    @ParameterizedTest
    @CsvSource({
        "0, true",
        "500, true",
        "502, true",
        "503, true",
        "408, true",
        "429, true",
        "200, false",
        "201, false",
        "302, false",
        "400, false",
        "401, true",
        "404, false",
        "413, false",
    })
    void repeatsWhatMaySucceedAnotherTime(int status, boolean due) {
        attempt("a", "completed", status, Duration.ofMinutes(1));

        assertThat(Redelivery.due(log(), NOW)).hasSize(due ? 1 : 0);
    }

    @Test
    void makesThreeMoreAttemptsWithinAboutHalfAnHour() {
        attempt("a", "completed", 503, Duration.ofMinutes(30));
        assertThat(dueAt(Duration.ofMinutes(30).minusSeconds(29))).isFalse();
        assertThat(dueAt(Duration.ofMinutes(30).minusSeconds(30))).isTrue();

        attempt("a", "completed", 503, Duration.ofMinutes(29));
        assertThat(dueAt(Duration.ofMinutes(22))).isFalse();
        assertThat(dueAt(Duration.ofMinutes(21))).isTrue();

        attempt("a", "completed", 503, Duration.ofMinutes(20));
        assertThat(dueAt(Duration.ofMinutes(3))).isFalse();
        assertThat(dueAt(Duration.ofMinutes(2))).isTrue();

        attempt("a", "completed", 503, Duration.ofMinutes(1));
        assertThat(dueAt(Duration.ofHours(-5))).isFalse();
    }

    @Test
    void repeatsTheLastAttemptOfADelivery() {
        attempt("a", "completed", 503, Duration.ofMinutes(30));
        var last = attempt("a", "completed", 503, Duration.ofMinutes(29));

        assertThat(Redelivery.due(log(), NOW)).containsExactly(last);
    }

    @Test
    void repeatsNothingThatALaterOrAnEarlierAttemptHasBroughtThrough() {
        attempt("a", "completed", 503, Duration.ofMinutes(30));
        attempt("a", "completed", 200, Duration.ofMinutes(20));
        attempt("a", "completed", 503, Duration.ofMinutes(10));

        assertThat(Redelivery.due(log(), NOW)).isEmpty();
    }

    @Test
    void repeatsOnlyWhatEndsRunnersTheOldestFirst() {
        attempt("progress", "in_progress", 503, Duration.ofMinutes(9));
        attempt("queued", "queued", 503, Duration.ofMinutes(8));
        attempt("young", "completed", 503, Duration.ofMinutes(6));
        attempt("old", "completed", 503, Duration.ofMinutes(7));

        assertThat(Redelivery.due(log(), NOW)).extracting(DeliveryAttempt::guid).containsExactly("old", "young");
    }

    @Test
    void leavesOtherEventsAlone() {
        log.add(new DeliveryAttempt(1, "a", NOW.minusSeconds(600), 503, "installation", "created", 1, 1));

        assertThat(Redelivery.due(log(), NOW)).isEmpty();
    }

    @Test
    void doesNotRepeatForEverWhatMayHaveSucceededOutOfSight() {
        attempt("a", "completed", 503, Duration.ofMinutes(30));
        var seenSince = NOW.minus(Duration.ofMinutes(10));

        assertThat(Redelivery.due(new DeliveryLog(log, seenSince), NOW.plus(Duration.ofMinutes(30))))
                .hasSize(1);
        assertThat(Redelivery.due(new DeliveryLog(log, seenSince), NOW.plus(Duration.ofMinutes(31))))
                .isEmpty();
    }

    private DeliveryLog log() {
        return new DeliveryLog(log, Instant.MIN);
    }

    private boolean dueAt(Duration ago) {
        return !Redelivery.due(log(), NOW.minus(ago)).isEmpty();
    }

    private DeliveryAttempt attempt(String guid, String action, int status, Duration ago) {
        var delivery = new DeliveryAttempt(log.size() + 1L, guid, NOW.minus(ago), status, "workflow_job", action, 1, 1);
        log.add(delivery);
        return delivery;
    }
}
