package io.mayfly.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SweepMinuteTest {

    private static final Instant NOW = Instant.parse("2026-11-30T12:00:43.500Z");

    @ParameterizedTest
    @CsvSource({
        "2026-11-30T12:00:43Z, false, 2026-11-30T12:00:43Z",
        "2026-11-30T12:00:28.500Z, false, 2026-11-30T12:00:28.500Z",
        "2026-11-30T12:00:28Z, true, 2026-11-30T12:00:28Z",
        "2026-11-30T11:59:44Z, true, 2026-11-30T11:59:44Z",
        "2026-11-30T11:57:13Z, true, 2026-11-30T12:00:13Z",
        "2026-11-30T12:00:45Z, false, 2026-11-30T12:00:45Z",
        "2026-11-30T12:30:00Z, true, 2026-11-30T12:00:00Z",
        "<aws.scheduler.scheduled-time>, true, 2026-11-30T12:00:00Z",
        "30 November, true, 2026-11-30T12:00:00Z",
        ", true, 2026-11-30T12:00:00Z",
    })
    void isTheOneOfTheScheduleThatIsNow(String scheduled, boolean late, Instant begin) {
        var minute = SweepMinute.of(scheduled, NOW);

        assertThat(minute.late()).isEqualTo(late);
        assertThat(minute.begin()).isEqualTo(begin);
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-30T12:00:13Z, 2026-11-30T12:01:03Z",
        "2026-11-30T11:59:44Z, 2026-11-30T12:00:34Z",
    })
    void leavesTimeUntilTheNextSweepForLaunchesToBecomeVisible(String scheduled, Instant until) {
        assertThat(SweepMinute.of(scheduled, NOW).launchesUntil()).isEqualTo(until);
    }

    @ParameterizedTest
    @CsvSource({"2026-11-30T12:00:43Z, 2026-11-30T12:00Z", "2026-11-30T11:59:44Z, 2026-11-30T11:59Z"})
    void isToldFromOthersByTheMinute(String scheduled, String text) {
        assertThat(SweepMinute.of(scheduled, NOW).text()).isEqualTo(text.replace("Z", ":00Z"));
    }
}
