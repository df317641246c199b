package io.mayfly.github;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunnerNameTest {

    @Test
    void holdsDeploymentAndInstance() {
        assertThat(RunnerName.of("default", "i-0123456789abcdef0")).isEqualTo("mayfly-i-0123456789abcdef0");
        assertThat(RunnerName.of("prod", "i-0123456789abcdef0")).isEqualTo("mayfly-prod-i-0123456789abcdef0");
    }

    @Test
    void fitsGitHubsLimitOf64Characters() {
        assertThat(RunnerName.of("a".repeat(24), "i-0123456789abcdef0")).hasSizeLessThanOrEqualTo(64);
    }

    @ParameterizedTest
    @CsvSource({
        "default, mayfly-i-0123456789abcdef0, i-0123456789abcdef0",
        "default, mayfly-i-01234567, i-01234567",
        "prod, mayfly-prod-i-0123456789abcdef0, i-0123456789abcdef0",
        "i-01234567, mayfly-i-01234567-i-89abcdef, i-89abcdef",
    })
    void tellsTheInstanceOfItsOwnRunners(String deployment, String name, String instance) {
        assertThat(RunnerName.instanceOf(deployment, name)).isEqualTo(instance);
    }

    @ParameterizedTest
    @CsvSource({
        "default, mayfly-prod-i-01234567",
        "default, mayfly-i-01234567-1",
        "default, mayfly-i-0123456G",
        "default, mayfly-i-0123456",
        "default, mayfly-42-1",
        "default, mayfly-",
        "default, GitHub Actions 5",
        "prod, mayfly-i-01234567",
        "prod, mayfly-prod-eu-i-01234567",
        "prod, mayfly-production-i-01234567",
    })
    void knowsTheNamesOfOthers(String deployment, String name) {
        assertThat(RunnerName.isOurs(deployment, name)).isFalse();
    }
}
