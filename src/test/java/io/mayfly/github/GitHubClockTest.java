package io.mayfly.github;

import static org.assertj.core.api.Assertions.assertThat;

import io.mayfly.http.Answer;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GitHubClockTest {

    private Instant now = Instant.parse("2026-11-30T12:00:10.400Z");
    private final GitHubClock github = new GitHubClock(() -> now);

    @Test
    void isOursAsLongAsGitHubHasNotSaid() {
        assertThat(github.at(now)).isEqualTo(now);
    }

    @Test
    void isAsFarAheadAsAnAnswerSays() {
        dated("Mon, 30 Nov 2026 12:00:40 GMT");

        assertThat(github.at(now.minusSeconds(5))).isEqualTo("2026-11-30T12:00:35Z");
    }

    @Test
    void believesTheAnswerOfAMinuteThatSaysTheMostForADateIsCutAndUnderWay() {
        dated("Mon, 30 Nov 2026 12:00:40 GMT");
        now = now.plusSeconds(3);
        dated("Mon, 30 Nov 2026 12:00:42 GMT");
        assertThat(github.at(now)).isEqualTo("2026-11-30T12:00:43Z");

        dated("Mon, 30 Nov 2026 12:00:44 GMT");
        assertThat(github.at(now)).isEqualTo("2026-11-30T12:00:44Z");
    }

    @Test
    void forgetsWhatItWasAMinuteAgo() {
        dated("Mon, 30 Nov 2026 12:00:40 GMT");
        now = now.plus(Duration.ofSeconds(61));
        dated("Mon, 30 Nov 2026 12:01:12 GMT");

        assertThat(github.at(now)).isEqualTo("2026-11-30T12:01:12Z");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "30 Nov 2026", "2026-11-30T12:00:40Z"})
    void doesNotBelieveWhatIsNoDate(String date) {
        dated(date);

        assertThat(github.at(now)).isEqualTo(now);
    }

    private void dated(String date) {
        github.read(new Answer(200, Map.of("date", date), new byte[0]));
    }
}
