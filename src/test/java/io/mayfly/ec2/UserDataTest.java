package io.mayfly.ec2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mayfly.outcome.ConfigurationException;
import io.mayfly.outcome.UnavailableException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UserDataTest {

    private static String render(String jitConfig) {
        return UserData.render(
                "mayfly-1-1",
                jitConfig,
                Duration.ofMinutes(10),
                Duration.ofMinutes(5),
                Duration.ofHours(12),
                false,
                true);
    }

    @Test
    void isAScriptThatKnowsItsRunner() {
        var script = render("QUJD");

        assertThat(script)
                .startsWith("#!/bin/bash\n")
                .contains("\nMAYFLY_RUNNER='mayfly-1-1'\n")
                .contains("\nMAYFLY_JIT_CONFIG='QUJD'\n")
                .contains("\nMAYFLY_REGISTER_SECONDS='600'\n")
                .contains("\nMAYFLY_IDLE_SECONDS='300'\n")
                .contains("\nMAYFLY_MAX_SECONDS='43200'\n")
                .contains("\nMAYFLY_SUDO='false'\n")
                .contains("\nMAYFLY_MARKET='spot'\n");
        assertThat(script.indexOf("#!")).as("one interpreter line").isEqualTo(script.lastIndexOf("#!/bin/bash"));
    }

    @Test
    void fitsIntoEc2sLimitWithAConfigurationOfSixKilobytes() {
        assertThat(render("A".repeat(6 * 1024)).getBytes(StandardCharsets.UTF_8).length)
                .isLessThanOrEqualTo(UserData.MAX_BYTES);
    }

    @Test
    void saysHowLongItIsWhenItDoesNotFit() {
        assertThatThrownBy(() -> render("A".repeat(12 * 1024)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("EC2 takes 16384");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "'; reboot; '", "QUJD\nreboot", "$(reboot)", "QUJ D"})
    void takesNothingButBase64(String jitConfig) {
        assertThatThrownBy(() -> render(jitConfig)).isInstanceOf(UnavailableException.class);
    }

    @Test
    void quotesForTheShell() {
        assertThat(UserData.quoted("it's $HOME")).isEqualTo("'it'\\''s $HOME'");
    }
}
