package io.mayfly.github;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MintedTokenTest {

    private static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");

    @ParameterizedTest
    @CsvSource(
            value = {
                "2026-11-01T13:00:00Z, 55",
                "2026-11-01T12:30:00Z, 25",
                "9999-12-31T23:59:59Z, 55",
                "2026-11-02T12:00:00Z, 55",
                "2026-11-01T11:00:00Z, 1",
                "1970-01-01T00:00:00Z, 1",
            })
    void isUsedForMinutesThatOurOwnClockBounds(Instant expiresAt, long minutes) {
        var token = new MintedToken("ghs_x", NOW, expiresAt);
        var until = NOW.plus(Duration.ofMinutes(minutes));

        assertThat(token.isUsable(until.minusSeconds(1))).isTrue();
        assertThat(token.isUsable(until)).isFalse();
    }

    @Test
    void mayBeUnknownForAMinuteUnlessItHasWorked() {
        var token = new MintedToken("ghs_x", NOW, NOW);

        assertThat(token.mayBeUnknown(NOW.plusSeconds(59))).isTrue();
        assertThat(token.mayBeUnknown(NOW.plusSeconds(60))).isFalse();
        token.worked();
        assertThat(token.mayBeUnknown(NOW.plusSeconds(1))).isFalse();
    }

    @Test
    void isNotInItsText() {
        assertThat(new MintedToken("ghs_secret", NOW, NOW).toString()).doesNotContain("ghs_");
    }
}
