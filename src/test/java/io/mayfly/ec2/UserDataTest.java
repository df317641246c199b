package io.mayfly.ec2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mayfly.outcome.ConfigurationException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class UserDataTest {

    private static String render(String ticket) {
        return render(ticket, false);
    }

    private static String render(String ticket, boolean connect) {
        return UserData.render(
                ticket,
                URI.create("https://f.lambda-url.eu-west-1.on.aws/"),
                Duration.ofMinutes(10),
                Duration.ofMinutes(5),
                Duration.ofHours(12),
                false,
                true,
                connect);
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

    /** Of a pool, an owner and a repository whose names are as long as they may be. */
    @Test
    void fitsIntoTwelveKilobytes() {
        var names = String.join("\n", "p".repeat(64), "repos/" + "o".repeat(39) + "/" + "r".repeat(100), "");
        var ticket = Base64.getUrlEncoder().withoutPadding().encodeToString(names.getBytes(StandardCharsets.UTF_8))
                + "." + "m".repeat(43);

        assertThat(render(ticket).getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(12 * 1024);
        assertThat(render(ticket, true).getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(13 * 1024);
    }

    @Test
    void keepsTheIndentsOfPython() {
        assertThat(UserData.script(false))
                .contains("\nif answer.code == 200:\n\twords = ")
                .doesNotContain("\n\n", "\n ");
    }

    @Test
    void knowsOfHoldsAndAgentOnlyWhereThePoolCanBeConnectedTo() {
        assertThat(render("QUJD.REVG", true))
                .contains("\nMAYFLY_CONNECT=true\n", "mayfly:hold", "systemctl start --no-block")
                .doesNotContain("#+", "#-", "systemctl stop");
        assertThat(render("QUJD.REVG", false))
                .contains("systemctl stop --no-block {snap.amazon-ssm-agent.,}amazon-ssm-agent")
                .doesNotContain("CONNECT", "hold", "#+", "#-", "systemctl start");
    }

    @Test
    void saysHowLongItIsWhenItDoesNotFit() {
        assertThatThrownBy(() -> render("A".repeat(12 * 1024)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("the limit is 12288");
    }
}
