package io.mayfly.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.mayfly.playground.host.FunctionAnswer;
import io.mayfly.playground.world.Playground;
import io.mayfly.playground.world.SignedClaim;
import io.mayfly.playground.world.SignedWebhook;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigurationIT {

    private final Function function = new Function();
    private final Playground playground = function.playground();

    @AfterEach
    void close() {
        function.close();
    }

    private Function allByVariables() {
        var path = "/mayfly/playground/";
        var parameters = playground.aws().parameters();
        return function.without("MAYFLY_PARAMETERS")
                .with("MAYFLY_GITHUB_APP_ID", "12345")
                .with(
                        "MAYFLY_GITHUB_PRIVATE_KEY",
                        parameters.find(path + "github-private-key").orElseThrow())
                .with("MAYFLY_GITHUB_WEBHOOK_SECRET", Playground.SECRET)
                .with("MAYFLY_POOLS", parameters.find(path + "pools").orElseThrow())
                .with("MAYFLY_URL", parameters.find(path + "url").orElseThrow());
    }

    @Test
    void worksByVariablesAloneAndReadsThemLiterally() {
        allByVariables();

        function.claimed(playground.queueJob());

        assertThat(function.calls()).doesNotContain("GetParameters");
    }

    @Test
    void prefersAVariableToItsParameter() {
        function.with("MAYFLY_GITHUB_APP_ID", "12345");
        playground.parameter("github-app-id", "another");

        function.claimed(playground.queueJob());
    }

    enum KeyForm {
        PKCS1,
        PKCS8,
        ESCAPED_NEWLINES,
        BASE64,
        BASE64_OF_PKCS8,
        NO_FINAL_NEWLINE,
        CRLF;

        String of(Playground playground) {
            var app = playground.github().app();
            return switch (this) {
                case PKCS1 -> app.privateKeyPem();
                case PKCS8 -> app.privateKeyPkcs8Pem();
                case ESCAPED_NEWLINES -> app.privateKeyPem().replace("\n", "\\n");
                case BASE64 -> base64(app.privateKeyPem());
                case BASE64_OF_PKCS8 -> base64(app.privateKeyPkcs8Pem());
                case NO_FINAL_NEWLINE -> app.privateKeyPem().strip();
                case CRLF -> app.privateKeyPem().replace("\n", "\r\n");
            };
        }

        private static String base64(String pem) {
            return Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.UTF_8));
        }
    }

    @ParameterizedTest
    @EnumSource(KeyForm.class)
    void takesThePrivateKeyInEveryFormThatOperatorsHave(KeyForm form) {
        function.with("MAYFLY_GITHUB_PRIVATE_KEY", form.of(playground));

        function.claimed(playground.queueJob());
    }

    @ParameterizedTest
    @CsvSource({
        "MAYFLY_GITHUB_WEBHOOK_SECRET",
        "MAYFLY_POOLS",
        "MAYFLY_URL",
    })
    void namesTheVariableThatIsMissing(String variable) {
        allByVariables().without(variable);

        var answer = function.deliver(playground.queueJob(), "queued");

        assertThat(answer)
                .hasToString(
                        "500 {\"error\":\"" + variable + ": is not set, and MAYFLY_PARAMETERS names no path in SSM\"}");
    }

    @ParameterizedTest
    @CsvSource({
        "github-webhook-secret, MAYFLY_GITHUB_WEBHOOK_SECRET",
        "pools, MAYFLY_POOLS",
        "url, MAYFLY_URL",
    })
    void namesTheParameterThatIsMissing(String parameter, String variable) {
        playground.aws().parameters().remove("/mayfly/playground/" + parameter);

        var answer = function.deliver(playground.queueJob(), "queued");

        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.field("error"))
                .isEqualTo(variable + ": is not set, and SSM has no parameter /mayfly/playground/" + parameter);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "MAYFLY_DEPLOYMENT | Prod!",
                "MAYFLY_URL | f.lambda-url.eu-west-1.on.aws",
                "MAYFLY_URL | http://f.lambda-url.eu-west-1.on.aws/",
                "MAYFLY_URL | https://f.lambda-url.eu-west-1.on.aws/claim",
                "MAYFLY_URL | https://f$(reboot)/",
                "MAYFLY_URL | https://user@f/",
                "MAYFLY_PAUSED | perhaps",
                "MAYFLY_REPOSITORIES | octo-org",
                "MAYFLY_ALLOW_PUBLIC_REPOSITORIES | 1",
                "MAYFLY_POOLS | {}",
                "MAYFLY_POOLS | [{\"name\":\"a\",\"colour\":\"red\"}]",
            })
    void namesTheVariableWithAWrongValue(String variable, String value) {
        function.with(variable, value);

        var answer = function.deliver(playground.queueJob(), "queued");

        assertThat(answer.status()).as(answer.toString()).isEqualTo(500);
        assertThat(answer.field("error")).startsWith(variable + ": ");
        assertThat(playground.github().runners().registered()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"MAYFLY_GITHUB_APP_ID", "MAYFLY_GITHUB_PRIVATE_KEY"})
    void namesTheVariableThatAClaimMisses(String variable) {
        allByVariables().without(variable);

        var answer = function.claim(function.launched(playground.queueJob()));

        assertThat(answer)
                .hasToString(
                        "500 {\"error\":\"" + variable + ": is not set, and MAYFLY_PARAMETERS names no path in SSM\"}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "MAYFLY_GITHUB_API_URL | api.github.com",
                "MAYFLY_GITHUB_API_URL | http://github.example.com/api/v3",
                "MAYFLY_GITHUB_PRIVATE_KEY | not a key",
                "MAYFLY_GITHUB_PRIVATE_KEY | -----BEGIN RSA PRIVATE KEY-----AAAA-----END RSA PRIVATE KEY-----",
            })
    void namesTheVariableOfAClaimWithAWrongValue(String variable, String value) {
        function.with(variable, value);

        var answer = function.claim(function.launched(playground.queueJob()));

        assertThat(answer.status()).as(answer.toString()).isEqualTo(500);
        assertThat(answer.field("error")).startsWith(variable + ": ");
        assertThat(playground.github().runners().registered()).isEmpty();
    }

    @Test
    void takesEmptyVariablesForUnset() {
        function.with("MAYFLY_DEPLOYMENT", "")
                .with("MAYFLY_REPOSITORIES", "")
                .with("MAYFLY_PAUSED", "")
                .with("MAYFLY_GITHUB_APP_ID", "");

        function.claimed(playground.queueJob());
    }

    @Test
    void carriesTheDeploymentInNamesTagsAndLabels() {
        function.with("MAYFLY_DEPLOYMENT", "prod-eu");
        var job = playground.queueJob();

        var instance = function.claimed(job);

        assertThat(instance.tags())
                .containsEntry("mayfly:deployment", "prod-eu")
                .containsEntry("Name", "mayfly-prod-eu-" + instance.id());
        assertThat(playground.github().runners().registered().getFirst().labels())
                .contains("mayfly-prod-eu-eu-west-1");
    }

    @Test
    void launchesNothingWhilePausedAndStillEnds() {
        var job = playground.queueJob();
        var instance = function.claimed(job);
        function.takesJob(instance, job);
        function.finishes(instance, job);
        function.kill();
        playground.parameter("paused", "true");

        assertThat(function.deliver(playground.queueJob(), "queued"))
                .hasToString("200 {\"outcome\":\"ignored\",\"reason\":\"paused\"}");
        assertThat(function.deliver(job, "completed").field("outcome")).isEqualTo("terminated");
    }

    @Test
    void servesPublicRepositoriesOnlyWhenAllowed() {
        function.with("MAYFLY_ALLOW_PUBLIC_REPOSITORIES", "true");

        var answer = function.deliver(
                playground.queueJob(),
                "queued",
                payload -> payload.withObject("repository").put("private", false));

        assertThat(answer.status()).isEqualTo(201);
    }

    @ParameterizedTest
    @CsvSource({
        "'octo-org/hello-world', 201",
        "'OCTO-ORG/Hello-World', 201",
        "'a/b, octo-org/*', 201",
        "'octo-org/hello', 200",
        "'other/*', 200"
    })
    void servesTheRepositoriesOfTheList(String list, int status) {
        function.with("MAYFLY_REPOSITORIES", list);

        assertThat(function.deliver(playground.queueJob(), "queued").status()).isEqualTo(status);
    }

    @Test
    void ignoresAJobOfAPersonInAnOrganizationsPool() {
        function.withPool(pool -> pool.put("scope", "organization"));

        var answer = function.deliver(playground.queueJob(), "queued", payload -> payload.remove("organization"));

        assertThat(answer)
                .hasToString("200 {\"outcome\":\"ignored\",\"reason\":\"repository belongs to no organization\"}");
    }

    @Test
    void acceptsThePreviousSecretDuringARotation() {
        playground.parameter("github-previous-webhook-secret", "the old one");

        assertThat(ping("the old one").status()).isEqualTo(200);
        assertThat(ping(Playground.SECRET).status()).isEqualTo(200);
        assertThat(ping("another").status()).isEqualTo(401);
    }

    @Test
    void findsARotatedSecretAtOnceAndLooksForItAtMostOnceAMinute() {
        assertThat(ping(Playground.SECRET).status()).isEqualTo(200);
        playground.parameter("github-webhook-secret", "rotated");
        playground.log().clear();

        // The first look is less than a minute old, so there is no new one yet.
        assertThat(ping("rotated").status()).isEqualTo(401);
        assertThat(ping("rotated").status()).isEqualTo(401);
        assertThat(function.calls()).isEmpty();
        function.kill();
        assertThat(ping("rotated").status()).isEqualTo(200);
    }

    @Test
    void goesOnAfterSsmWasDownAtItsStart() {
        var fault = playground.aws().faults().on("GetParameters");
        fault.error("InternalServerError", 500);
        assertThat(ping(Playground.SECRET).status()).isEqualTo(503);

        playground.aws().faults().clear();
        assertThat(ping(Playground.SECRET).status()).isEqualTo(200);
    }

    @Test
    void saysWhatTheRoleLacksWhenSsmRefuses() {
        playground.aws().faults().on("GetParameters").error("AccessDeniedException", 400);

        var answer = ping(Playground.SECRET);

        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.field("error"))
                .startsWith(
                        "MAYFLY_PARAMETERS: SSM refused GetParameters, for the function's role needs ssm:GetParameters")
                .contains("kms:Decrypt", "AccessDeniedException");
    }

    @ParameterizedTest
    @ValueSource(strings = {"us-east-1", "eu-west-2"})
    void signsForTheRegionThatIsSet(String region) {
        function.with("AWS_REGION", region);

        var instance = function.launched(playground.queueJob());

        assertThat(function.claim(SignedClaim.of(instance, function.now(), region))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void honoursTheEndpointsOfSingleServices() {
        var url = playground.environment().getOrDefault("AWS_ENDPOINT_URL", "");
        function.without("AWS_ENDPOINT_URL")
                .with("AWS_ENDPOINT_URL_EC2", url)
                .with("AWS_ENDPOINT_URL_SSM", url)
                .with("AWS_ENDPOINT_URL_STS", url);

        function.claimed(playground.queueJob());
    }

    @Test
    void saysThatTheRegionIsMissing() {
        function.without("AWS_REGION").without("AWS_ENDPOINT_URL");

        var answer = function.deliver(playground.queueJob(), "queued");

        assertThat(answer).hasToString("500 {\"error\":\"AWS_REGION, AWS_ENDPOINT_URL: missing or unusable\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"no URL", "localhost:4566", "//localhost", "/path"})
    void saysThatTheEndpointIsNoUrl(String endpoint) {
        function.with("AWS_ENDPOINT_URL_SSM", endpoint);

        var answer = function.deliver(playground.queueJob(), "queued");

        assertThat(answer).hasToString("500 {\"error\":\"AWS_REGION, AWS_ENDPOINT_URL: missing or unusable\"}");
    }

    private FunctionAnswer ping(String secret) {
        return function.send(SignedWebhook.of("ping", "{}".getBytes(StandardCharsets.UTF_8), secret));
    }
}
