package io.mayfly.ec2;

import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How an instance asks the function for its runner, and what it makes of each answer. */
@Timeout(value = 15, unit = MINUTES)
@EnabledOnOs(value = OS.LINUX, disabledReason = "boot.sh is for Linux instances")
class BootClaimTest {
    private static final String OFF = "shutdown -h now";
    private static final String RUN = "run.sh";
    private static final String CLAIMED = "claimed mayfly-i-0abc";

    private final BootMachine machine;
    private final FakeClaims claims;

    BootClaimTest(@TempDir Path root) throws IOException, InterruptedException {
        machine = new BootMachine(root);
        claims = machine.claims();
    }

    @AfterEach
    void close() throws IOException {
        machine.close();
    }

    @Test
    void provesWhoItIsAndStartsTheRunnerThatItIsGiven() throws IOException {
        machine.start().awaitPowerOff();

        assertThat(machine.story()).contains(RUN);
        assertThat(machine.console()).contains(CLAIMED);
        assertThat(claims.asked()).singleElement().satisfies(claim -> {
            assertThat(claim.method()).isEqualTo("POST");
            assertThat(claim.ticket()).isEqualTo(BootMachine.TICKET);
            var body = new ObjectMapper().readTree(claim.body());
            assertThat(body.fieldNames()).toIterable().containsExactly("v", "key", "token", "date", "signature");
            assertThat(body.path("v").intValue()).isEqualTo(1);
            assertThat(body.path("key").textValue()).isEqualTo(BootNetwork.ACCESS_KEY);
            assertThat(body.path("token").textValue()).isEqualTo(BootNetwork.TOKEN);
            assertThat(body.path("date").textValue()).matches("[0-9]{8}T[0-9]{6}Z");
            assertThat(body.path("signature").textValue()).matches("[0-9a-f]{64}");
        });
        assertThat(machine.runnerEnvironment()).containsEntry("ACTIONS_RUNNER_INPUT_JITCONFIG", FakeClaims.JIT_CONFIG);
    }

    @Test
    void claimsOnlyWhenTheMachineCanServe() throws IOException {
        machine.fake("ip", "").start().awaitPowerOff();

        assertThat(machine.console()).contains("failed: metadata is still open");
        assertThat(claims.asked()).isEmpty();
    }

    @Test
    void claimsWhileTheRunnerIsDownloaded() throws IOException, InterruptedException {
        machine.network().stallDownloads();
        machine.stock().start().awaitConsole(CLAIMED);

        assertThat(machine.console()).contains("downloading actions-runner-linux-");
        assertThat(machine.story()).doesNotContain(RUN);
    }

    @Test
    void endsWhenTheDownloadFailsWhileTheClaimGoesOn() throws IOException, InterruptedException {
        claims.hang();
        machine.stock().assign("MAYFLY_RUNNER_VERSION", "2.0.0").start().awaitPowerOff();

        assertThat(machine.console()).contains("failed: download: curl: (22)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "403 | {\"error\":\"claimed already\"}",
                "403 | {\"Message\":\"Forbidden\"}",
                "410 | {\"error\":\"pool is gone\"}"
            })
    void powersOffAtOnceWhenTheFunctionRefuses(int status, String body) throws IOException {
        claims.answer(status, body);
        machine.start().awaitPowerOff();

        assertThat(claims.asked()).hasSize(1);
        assertThat(machine.story()).doesNotContain(RUN);
        assertThat(machine.console()).contains("powering off: claim refused: " + status + " - " + body);
    }

    @Test
    void powersOffAtOnceWhenItIsRefusedDuringTheDownload() throws IOException, InterruptedException {
        machine.network().stallDownloads();
        claims.answer(403, "{\"error\":\"not needed\"}");
        machine.stock().start().awaitPowerOff();

        assertThat(machine.console()).contains("claim refused: 403 - {\"error\":\"not needed\"}");
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401})
    void asksThreeTimesMoreWhenItsProofIsNotAccepted(int status) throws IOException {
        for (var i = 0; i < 4; i++) {
            claims.answer(status, "{\"error\":\"no\"}");
        }
        machine.start();
        for (var wait : List.of(10, 30, 60)) {
            machine.awaitSleep(wait).skip(wait - 1);
            assertThat(machine.story()).doesNotContain(OFF);
            machine.skip(1);
        }
        machine.awaitPowerOff();

        assertThat(claims.asked()).hasSize(4);
        assertThat(machine.story()).doesNotContain(RUN);
        assertThat(machine.console())
                .contains(
                        "claim: " + status + " - {\"error\":\"no\"}, again in 10 s",
                        "again in 30 s",
                        "again in 60 s",
                        "claim refused: " + status);
    }

    @Test
    void isAcceptedAtTheSecondTime() throws IOException {
        claims.answer(401, "{\"error\":\"ticket is wrong\"}");
        machine.start().awaitSleep(10).skip(10).awaitPowerOff();

        assertThat(machine.story()).contains(RUN);
        assertThat(machine.console()).contains("ticket is wrong", CLAIMED);
    }

    @Test
    void countsItsRefusalsThoughTheFunctionIsDownBetween() throws IOException {
        claims.answer(401, "{}");
        claims.answer(503, "retry-after", "7", "{}");
        claims.answer(401, "{}");
        machine.start()
                .awaitSleep(10)
                .skip(10)
                .awaitSleep(7)
                .skip(7)
                .awaitSleep(30)
                .skip(30)
                .awaitPowerOff();

        assertThat(machine.story()).contains(RUN);
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 503})
    void waitsAsLongAsItIsTold(int status) throws IOException {
        claims.answer(status, "retry-after", "17", "{\"error\":\"GitHub is at its limit\"}");
        machine.start().awaitSleep(17).skip(16);
        assertThat(claims.asked()).hasSize(1);
        machine.skip(1).awaitPowerOff();

        assertThat(machine.story()).contains(RUN);
        assertThat(machine.console())
                .contains("claim: " + status + " 17 {\"error\":\"GitHub is at its limit\"}, again in 17 s");
    }

    @Test
    void waitsLongerEachTimeWhereItIsNotTold() throws IOException {
        claims.answer(503, "");
        claims.answer(429, "retry-after", "0", "{}");
        claims.answer(503, "retry-after", "-5", "{}");
        claims.answer(503, "retry-after", "Wed, 21 Oct 2026 07:28:00 GMT", "{}");
        claims.answer(503, "retry-after", "99999999999999999999", "{}");
        claims.answer(502, "Internal Server Error");
        claims.answer(504, "");
        claims.answer(404, "");
        claims.answer(307, "location", "/elsewhere", "");
        machine.start();
        for (var i = 1; i <= 9; i++) {
            machine.awaitPause(i).skip(8);
        }
        machine.awaitPowerOff();

        assertThat(machine.story()).contains(RUN);
        assertThat(claims.asked()).hasSize(10);
        var waits = machine.pauses().stream().map(Double::valueOf).toList();
        for (var i = 0; i < waits.size(); i++) {
            var most = Math.min(8, Math.pow(2, i + 1));
            assertThat(waits.get(i)).isBetween(most / 2, most);
        }
    }

    @Test
    void waitsLongForWhatSomebodyHasToMend() throws IOException {
        claims.answer(500, "{\"error\":\"MAYFLY_POOLS: is no JSON\"}");
        claims.answer(500, "retry-after", "1", "{\"error\":\"MAYFLY_POOLS: is no JSON\"}");
        machine.start().awaitSleep(30).skip(30);
        machine.awaitPause(2);
        machine.skip(29);
        assertThat(claims.asked()).hasSize(2);
        machine.skip(1).awaitPowerOff();

        assertThat(machine.story()).contains(RUN);
        assertThat(machine.console()).contains("claim: 500 - {\"error\":\"MAYFLY_POOLS: is no JSON\"}, again in 30 s");
    }

    @Test
    void givesUpAnAnswerAfterThirtySecondsAndAsksAgain() throws IOException {
        claims.hang();
        machine.start().await("claim", () -> claims.asked().size() == 1).skip(29);
        assertThat(machine.console()).doesNotContain("again in");
        machine.skip(1).awaitPause(1);
        assertThat(machine.console()).contains("claim: no answer in 30 s, again in ");
        machine.skip(8).awaitPowerOff();

        assertThat(machine.story()).contains(RUN);
        assertThat(claims.asked()).hasSize(2);
    }

    @Test
    void asksAgainWhenTheConnectionBreaks() throws IOException {
        claims.hangUp();
        machine.start().awaitPause(1);
        assertThat(machine.console()).contains("RemoteDisconnected");
        machine.skip(8).awaitPowerOff();

        assertThat(machine.story()).contains(RUN);
    }

    @Test
    void takesNoRunnerFromAnAnswerThatHasNone() throws IOException {
        var bodies = List.of(
                "",
                "<html>hello</html>",
                "[]",
                "{\"runner\":\"mayfly-i-1\"}",
                "{\"jit\":\"QUJD\"}",
                "{\"runner\":\"mayfly-i-1\",\"jit\":\"\"}",
                "{\"runner\":\"mayfly-i-1\",\"jit\":\"QU JD\"}",
                "{\"runner\":\"$(reboot)\",\"jit\":\"QUJD\"}",
                "{\"runner\":\"mayfly-i-1 x\",\"jit\":\"QUJD\"}");
        for (var body : bodies) {
            claims.answer(200, body);
        }
        machine.start();
        for (var i = 1; i <= bodies.size(); i++) {
            machine.awaitPause(i);
            assertThat(machine.story()).doesNotContain(RUN);
            machine.skip(8);
        }
        machine.awaitPowerOff();

        assertThat(claims.asked()).hasSize(bodies.size() + 1);
        assertThat(machine.story()).contains(RUN);
        assertThat(machine.console()).doesNotContain("QUJD", "QU JD");
    }

    @Test
    void asksUntilTheLimitOfRegistration() throws IOException {
        for (var i = 0; i < 3; i++) {
            claims.answer(500, "{}");
        }
        machine.assign("MAYFLY_REGISTER_SECONDS", "60").start();
        machine.awaitPause(1);
        machine.skip(30);
        machine.awaitPause(2);
        machine.skip(29);
        assertThat(machine.story()).doesNotContain(OFF);
        machine.skip(1).awaitPowerOff();

        assertThat(machine.story()).doesNotContain(RUN);
        assertThat(machine.console()).contains("powering off: not connected after 60 s");
    }

    @Test
    void saysThatTheMetadataServiceKnowsNoIdentity() throws IOException {
        machine.network().withoutIdentity();
        machine.start().awaitConsole("claim: no identity from the metadata service, again in ");

        assertThat(claims.asked()).isEmpty();
    }

    @Test
    void saysThatNobodyListens() throws IOException {
        machine.assign("MAYFLY_URL", "http://127.0.0.1:9/").start().awaitConsole("Connection refused");

        assertThat(machine.console()).contains(", again in ");
    }

    @Test
    void showsNothingSecretOfAnAnswerThatRepeatsTheClaim() throws IOException {
        claims.answer(
                403,
                String.join(
                        " ",
                        "{\"error\":\"no\\n",
                        BootMachine.TICKET,
                        BootNetwork.TOKEN,
                        FakeClaims.JIT_CONFIG,
                        "\u001b[31m",
                        "0123456789abcdef".repeat(4),
                        "end\"}"));
        machine.start().awaitPowerOff();

        assertThat(machine.console())
                .contains("claim refused: 403 - {\"error\":\"no\\n ... ...", "end")
                .doesNotContain(BootMachine.TICKET.substring(31), BootNetwork.TOKEN.substring(0, 40), "\u001b");
    }

    @Test
    void keepsWhatIsSecretOffItsOutputAndCommandLines() throws IOException {
        claims.hang();
        machine.start().await("claim", () -> !claims.asked().isEmpty());
        var secrets = List.of(BootMachine.TICKET, BootNetwork.SECRET, BootNetwork.TOKEN.substring(0, 60));
        for (var secret : secrets) {
            assertThat(machine.processes("cmdline")).noneMatch(line -> line.contains(secret));
        }
        machine.skip(30);
        machine.awaitPause(1);
        machine.skip(8).awaitPowerOff();

        for (var secret : secrets) {
            assertThat(machine.console()).doesNotContain(secret);
            assertThat(machine.output()).doesNotContain(secret);
            assertThat(machine.story()).noneMatch(line -> line.contains(secret));
            assertThat(Files.readString(machine.path("runner.env"))).doesNotContain(secret);
        }
    }
}
