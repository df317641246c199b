package io.mayfly.github;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunnerNameTest {

    @Test
    void holdsDeploymentJobAndAttempt() {
        assertThat(RunnerName.of("default", 42, 3, 1)).isEqualTo("mayfly-42-3");
        assertThat(RunnerName.of("prod", 42, 3, 2)).isEqualTo("mayfly-prod-42-3-2");
    }

    @Test
    void fitsGitHubsLimitOf64Characters() {
        assertThat(RunnerName.of("a".repeat(24), Long.MAX_VALUE, 999, 99)).hasSizeLessThanOrEqualTo(64);
    }

    @ParameterizedTest
    @CsvSource({
        "default, mayfly-42-1, true",
        "default, mayfly-42-1-2, true",
        "default, mayfly-prod-42-1, false",
        "default, mayfly-42, false",
        "default, mayfly-, false",
        "default, GitHub Actions 5, false",
        "prod, mayfly-prod-42-1, true",
        "prod, mayfly-42-1, false",
        "prod, mayfly-prod-eu-42-1, false",
        "prod, mayfly-production-42-1, false",
    })
    void knowsTheNamesOfItsDeployment(String deployment, String name, boolean ours) {
        assertThat(RunnerName.isOurs(deployment, name)).isEqualTo(ours);
    }
}
