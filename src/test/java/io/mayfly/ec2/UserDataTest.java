package io.mayfly.ec2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mayfly.outcome.ConfigurationException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class UserDataTest {

    private static String render(String ticket) {
        return UserData.render(
                ticket,
                URI.create("https://f.lambda-url.eu-west-1.on.aws/"),
                Duration.ofMinutes(10),
                Duration.ofMinutes(5),
                Duration.ofHours(12),
                false,
                true);
    }

    @Test
    void isAScriptThatKnowsWhereItClaims() {
        var script = render("QUJD.REVG");

        assertThat(script)
                .startsWith("#!/bin/bash\n")
                .contains("\nMAYFLY_TICKET=QUJD.REVG\n")
                .contains("\nMAYFLY_URL=https://f.lambda-url.eu-west-1.on.aws/\n")
                .contains("\nMAYFLY_REGISTER_SECONDS=600\n")
                .contains("\nMAYFLY_IDLE_SECONDS=300\n")
                .contains("\nMAYFLY_MAX_SECONDS=43200\n")
                .contains("\nMAYFLY_SUDO=false\n")
                .contains("\nMAYFLY_MARKET=spot\n");
        assertThat(script.indexOf("#!")).as("one interpreter line").isEqualTo(script.lastIndexOf("#!/bin/bash"));
    }

    @Test
    void isTheSameForAllInstancesOfATicket() {
        assertThat(render("QUJD.REVG")).isEqualTo(render("QUJD.REVG"));
    }

    @Test
    void fitsIntoTwelveKilobytes() {
        assertThat(render("A".repeat(300)).getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(12 * 1024);
    }

    @Test
    void saysHowLongItIsWhenItDoesNotFit() {
        assertThatThrownBy(() -> render("A".repeat(12 * 1024)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("the limit is 12288");
    }
}
