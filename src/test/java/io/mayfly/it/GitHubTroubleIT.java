package io.mayfly.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.mayfly.playground.host.FunctionAnswer;
import io.mayfly.playground.world.Playground;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GitHubTroubleIT {

    private final Function function = new Function();
    private final Playground playground = function.playground();

    @AfterEach
    void close() {
        function.close();
    }

    @ParameterizedTest
    @CsvSource({
        "token, 429, 17",
        "token, 403, 17",
        "generate-jitconfig, 429, 17",
        "generate-jitconfig, 403, 17",
    })
    void passesOnHowLongGitHubWantsToBeLeftAlone(String call, int status, String seconds) {
        playground.github().faults().on(call).answer(status, Map.of("Retry-After", seconds));

        var answer = claim();

        assertThat(answer.status()).isEqualTo(503);
        assertThat(wait(answer)).isBetween(17L, 26L);
        assertThat(answer.field("error")).startsWith("GitHub's rate limit refused");
        assertThat(playground.log().count(call)).isEqualTo(1);
        assertThat(playground.github().runners().registered()).isEmpty();
    }

    @Test
    void readsTheResetOfThePrimaryLimit() {
        var reset = Long.toString(function.now().plus(Duration.ofMinutes(10)).getEpochSecond());
        playground
                .github()
                .faults()
                .on("generate-jitconfig")
                .answer(403, Map.of("X-RateLimit-Remaining", "0", "X-RateLimit-Reset", reset));

        var answer = claim();

        assertThat(answer.status()).isEqualTo(503);
        assertThat(wait(answer)).isBetween(550L, 901L);
    }

    @Test
    void takesASecondaryLimitWithoutAnyHeaderForWhatItIs() {
        playground
                .github()
                .faults()
                .on("generate-jitconfig")
                .answer(403, Map.of(), "{\"message\":\"You have exceeded a secondary rate limit.\"}");

        var answer = claim();

        assertThat(answer.status()).isEqualTo(503);
        assertThat(wait(answer)).isBetween(60L, 71L);
    }

    @ParameterizedTest
    @CsvSource({
        "token, 500",
        "token, 502",
        "generate-jitconfig, 500",
        "generate-jitconfig, 503",
    })
    void defersWhenGitHubFails(String call, int status) {
        playground
                .github()
                .faults()
                .on(call)
                .answer(status, Map.of("Content-Type", "text/html"), "<html>unicorn</html>");

        var answer = claim();

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.body()).doesNotContain("unicorn");
        assertThat(playground.github().runners().registered()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "<html>",
                "[]",
                "{}",
                "{\"runner\":{\"id\":\"x\"},\"encoded_jit_config\":\"QQ==\"}",
                "{\"runner\":{\"id\":5},\"encoded_jit_config\":null}"
            })
    void grantsNothingOnAnAnswerThatIsNoJitConfiguration(String body) {
        playground.github().faults().on("generate-jitconfig").answer(201, Map.of(), body);

        var answer = claim();

        assertThat(answer.status()).isEqualTo(503);
        assertThat(function.calls()).doesNotContain("CreateTags");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "{\"token\":\"ghs_x\"}", "{\"token\":5,\"expires_at\":\"tomorrow\"}"})
    void usesNoTokenThatItDoesNotUnderstand(String body) {
        playground.github().faults().on("token").answer(201, Map.of(), body);

        assertThat(claim().status()).isEqualTo(503);
        assertThat(function.calls()).doesNotContain("generate-jitconfig");
    }

    @Test
    void namesThePermissionThatTheAppLacks() {
        playground
                .github()
                .faults()
                .on("generate-jitconfig")
                .answer(
                        403,
                        Map.of("X-Accepted-GitHub-Permissions", "administration=write"),
                        "{\"message\":\"Resource not accessible by integration\"}");

        var answer = claim();

        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.field("error")).startsWith("GitHub App permission administration=write");
    }

    @Test
    void refusesAnInstallationThatIsNotTheApps() {
        playground.github().installations().strict(true);
        playground.github().installations().remove(Playground.INSTALLATION);

        var answer = claim();

        assertThat(answer).hasToString("403 {\"error\":\"not of this deployment\"}");
        assertThat(claim().status()).isEqualTo(403);
        assertThat(function.log().split("is its webhook secret another app's too", -1))
                .as("it is said once")
                .hasSize(2);
    }

    @Test
    void saysThatTheAppIsNotKnown() {
        playground.github().faults().on("token").answer(404, Map.of(), "{\"message\":\"Integration not found\"}");

        var answer = claim();

        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.field("error")).startsWith("MAYFLY_GITHUB_APP_ID: GitHub knows no such app");
    }

    @Test
    void sendsNothingWhileTheRateLimitIsSpent() {
        playground
                .github()
                .faults()
                .on("generate-jitconfig")
                .answer(429, Map.of("Retry-After", "600"), "{\"message\":\"slow down\"}");

        for (var event = 0; event < 12; event++) {
            assertThat(claim().status()).isEqualTo(503);
        }

        assertThat(playground.log().calls("generate-jitconfig")).hasSize(1);
        assertThat(playground.log().calls("token")).hasSize(1);
    }

    @Test
    void sendsNothingUntilTheResetThatTheLastGoodAnswerNames() {
        playground
                .github()
                .faults()
                .on("generate-jitconfig")
                .answer(
                        403,
                        Map.of("X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "4000000000"),
                        "{\"message\":\"API rate limit exceeded\"}");

        claim();
        claim();

        assertThat(playground.log().calls("generate-jitconfig")).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 404})
    void blamesNobodyForARefusalOfATokenThatWasMintedJustNow(int status) {
        playground
                .github()
                .faults()
                .on("generate-jitconfig")
                .times(1)
                .answer(status, Map.of(), "{\"message\":\"Not Found\"}");

        function.claimed(playground.queueJob());

        assertThat(playground.log().calls("generate-jitconfig")).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Although you appear to have the correct authorization credentials, an IP allow list is enabled",
                "Self-hosted runners are disabled for this repository",
                "This installation has been suspended"
            })
    void handsOnGitHubsSentenceAndGuessesNoPermission(String sentence) {
        playground
                .github()
                .faults()
                .on("generate-jitconfig")
                .answer(
                        403,
                        Map.of("X-Accepted-GitHub-Permissions", "administration=write"),
                        "{\"message\":\"" + sentence + "\"}");

        var error = claim().field("error");

        assertThat(error).startsWith("GitHub refused POST").contains(sentence).doesNotContain("GitHub App permission");
    }

    @Test
    void grantsNothingWithTheRegistrationOfAnotherRunner() {
        playground
                .github()
                .faults()
                .on("generate-jitconfig")
                .answer(
                        201,
                        Map.of(),
                        "{\"runner\":{\"id\":5,\"name\":\"mayfly-7-1\"},\"encoded_jit_config\":\"QQ==\"}");

        var answer = claim();

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.field("error")).contains("was not understood: runner.name");
        assertThat(function.calls()).doesNotContain("CreateTags");
    }

    @Test
    void showsGitHubsReasonWhenItRefusesTheRegistration() {
        playground
                .github()
                .faults()
                .on("generate-jitconfig")
                .answer(422, Map.of(), "{\"message\":\"Runner group does not exist\"}");

        var answer = claim();

        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.field("error")).contains("Runner group does not exist");
    }

    @Test
    void mintsATokenOfManyCharactersOnceForManyJobs() {
        for (var count = 0; count < 3; count++) {
            function.claimed(playground.queueJob());
        }
        assertThat(playground.log().count("token")).isEqualTo(1);
    }

    private FunctionAnswer claim() {
        return function.claim(function.launched(playground.queueJob()));
    }

    private static long wait(FunctionAnswer answer) {
        return Long.parseLong(answer.headers().getOrDefault("retry-after", "0"));
    }
}
