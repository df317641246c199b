package io.mayfly.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class TimeLimitsTest {

    private static final Duration GITHUB_WAITS = Duration.ofSeconds(10);

    private static final Duration INSTANCE_WAITS = Duration.ofSeconds(30);

    private final TimeLimits limits = TimeLimits.DEFAULT;

    @Test
    void answersBeforeGitHubGivesUp() {
        assertThat(limits.webhook()).isEqualTo(Duration.ofSeconds(9)).isLessThan(GITHUB_WAITS);
    }

    @Test
    void leavesTimeForWhatFollowsACallThatHangs() {
        assertThat(limits.parameters()).isEqualTo(Duration.ofSeconds(1));
        assertThat(limits.token()).isEqualTo(Duration.ofMillis(1500));
        assertThat(limits.jitConfig()).isEqualTo(Duration.ofSeconds(2));
        assertThat(limits.lookup()).isEqualTo(Duration.ofMillis(1500));
        assertThat(limits.deregister()).isEqualTo(Duration.ofMillis(1500));
        assertThat(limits.runInstances()).isEqualTo(Duration.ofSeconds(5));
        assertThat(limits.describe()).isEqualTo(Duration.ofMillis(1500));
        assertThat(limits.terminate()).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void givesTheSweepsListsMoreTimeThanAnEventHas() {
        assertThat(limits.list()).isEqualTo(Duration.ofSeconds(6)).isGreaterThan(limits.lookup());
        assertThat(limits.list()).isGreaterThan(limits.describe());
    }

    @Test
    void answersAClaimBeforeTheInstanceGivesUp() {
        assertThat(limits.claim()).isEqualTo(Duration.ofSeconds(20)).isLessThan(INSTANCE_WAITS);
        assertThat(limits.identity()).isEqualTo(Duration.ofSeconds(2));
        assertThat(limits.tag()).isEqualTo(Duration.ofSeconds(1));
    }
}
