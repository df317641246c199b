package io.mayfly.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.mayfly.playground.aws.EmulatedInstance;
import io.mayfly.playground.aws.IdentityCredentials;
import io.mayfly.playground.host.FunctionAnswer;
import io.mayfly.playground.host.FunctionUrlEvent;
import io.mayfly.playground.wire.Call;
import io.mayfly.playground.wire.CallHook;
import io.mayfly.playground.wire.Fault;
import io.mayfly.playground.world.Playground;
import io.mayfly.playground.world.SignedClaim;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an instance asks when it has booted, and what it is answered. */
class ClaimIT {

    private static final String AUDIENCE = "another.lambda-url.eu-west-1.on.aws";
    private static final String STS = "sts.eu-west-1.amazonaws.com";

    private final Function function = new Function();
    private final Playground playground = function.playground();

    @AfterEach
    void close() {
        function.close();
    }

    @Test
    void givesAnInstanceTheConfigurationOfARunnerOfItsName() {
        var instance = function.launched(playground.queueJob());

        var answer = function.claim(instance);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.field("runner")).isEqualTo("mayfly-" + instance.id());
        assertThat(Base64.getDecoder().decode(answer.field("jit"))).isNotEmpty();
        assertThat(playground.github().runners().registered()).singleElement().satisfies(runner -> {
            assertThat(runner.name()).isEqualTo("mayfly-" + instance.id());
            assertThat(runner.labels()).containsExactly("self-hosted", "linux", "x64", "mayfly-default-eu-west-1");
            assertThat(tags(instance))
                    .containsEntry("mayfly:runner-id", Long.toString(runner.id()))
                    .containsEntry("Name", runner.name());
        });
        assertThat(function.log()).contains("claimed instance=" + instance.id());
    }

    @Test
    void takesFourCallsWarm() {
        function.claimed(playground.queueJob());
        var instance = function.launched(playground.queueJob());
        playground.log().clear();

        function.claimed(instance);

        assertThat(function.calls())
                .containsExactly("GetCallerIdentity", "DescribeInstances", "generate-jitconfig", "CreateTags");
    }

    @Test
    void asksStsInAFormOfItsOwn() {
        var instance = function.launched(playground.queueJob());

        function.claimed(instance);

        var call = playground.log().calls("GetCallerIdentity").getFirst();
        assertThat(call.method()).isEqualTo("POST");
        assertThat(call.body()).isEqualTo("Action=GetCallerIdentity&Version=2011-06-15");
        assertThat(call.headers())
                .containsEntry("accept", "application/json")
                .containsEntry("content-type", "application/x-www-form-urlencoded");
    }

    @Test
    void registersForTheOrganizationInItsRunnerGroupWhereThePoolSaysSo() {
        function.withPool(pool -> pool.put("scope", "organization").put("runnerGroupId", 7));

        function.claimed(playground.queueJob());

        assertThat(playground.log().calls("generate-jitconfig").getFirst())
                .satisfies(
                        call -> assertThat(call.path()).isEqualTo("/orgs/octo-org/actions/runners/generate-jitconfig"))
                .satisfies(call -> assertThat(call.body()).contains("\"runner_group_id\":7"));
        assertThat(playground.log().calls("token").getFirst().body())
                .contains("\"organization_self_hosted_runners\":\"write\"")
                .doesNotContain("administration");
    }

    @Test
    void answersClaimsWhilePaused() {
        var instance = function.launched(playground.queueJob());
        try (var paused = function.another().with("MAYFLY_PAUSED", "true")) {
            assertThat(paused.claim(instance).status()).isEqualTo(200);
        }
    }

    @Test
    void takesNoOtherMethod() {
        assertThat(function.send(new FunctionUrlEvent("GET", "/claim", new byte[0]))
                        .status())
                .isEqualTo(405);
    }

    @Test
    void refusesABodyOfOver8KibibytesBeforeItLooksAtAnythingElse() {
        var claim = function.claimOf(function.launched(playground.queueJob()));
        playground.log().clear();

        assertThat(send("wrong", padded(claim, 8193)).status()).isEqualTo(413);
        assertThat(function.calls()).isEmpty();
        assertThat(send(claim.ticket(), padded(claim, 8192)).status()).isEqualTo(200);
    }

    @Test
    void asksNobodyBeforeTheTicketIsRight() {
        var claim = function.claimOf(function.launched(playground.queueJob()));
        var parts = claim.ticket().split("\\.", -1);
        playground.log().clear();

        assertThat(function.send(claim.event().without("x-mayfly-ticket")).status())
                .isEqualTo(400);
        for (var wrong : List.of(
                "x",
                ".",
                parts[0],
                parts[0] + ".",
                parts[0] + "." + "A".repeat(43),
                parts[0] + "." + parts[1] + "=",
                parts[0] + "." + parts[1].substring(1),
                ticket("other", "repos/octo-org/hello-world") + "." + parts[1],
                "A" + parts[0] + "." + parts[1],
                parts[1] + "." + parts[1])) {
            assertThat(function.claim(claim.withTicket(wrong)).status())
                    .as(wrong)
                    .isEqualTo(401);
        }
        assertThat(function.calls()).isEmpty();
        assertThat(function.log()).doesNotContain("claim refused");
    }

    @Test
    void takesNoTicketOfAnotherDeployment() {
        var claim = function.claimOf(function.launched(playground.queueJob()));
        try (var other = function.another().with("MAYFLY_DEPLOYMENT", "blue")) {
            assertThat(other.claim(claim).status()).isEqualTo(401);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "v, 2",
        "v, one",
        "key, AKIAIOSFODNN7EXAMPLE",
        "key, ASIAshort",
        "key, ''",
        "token, ''",
        "token, 'a b'",
        "token, 'a%0d%0ax-evil: 1'",
        "date, 2026-11-29T22:15:30Z",
        "date, 20261399T221530Z",
        "date, ''",
        "signature, 0",
        "signature, ''",
        "for, stock"
    })
    void asksNobodyForWhatIsMalformed(String field, String value) {
        var claim = function.claimOf(function.launched(playground.queueJob()));
        playground.log().clear();

        var answer = function.claim(claim.with(field, value));

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.field("error")).startsWith(field + " ");
        assertThat(function.calls()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "\"x\"", "{\"v\":1}", "null"})
    void asksNobodyForABodyThatIsNoClaim(String body) {
        var claim = function.claimOf(function.launched(playground.queueJob()));
        playground.log().clear();

        assertThat(send(claim.ticket(), body).status()).isEqualTo(400);
        assertThat(function.calls()).isEmpty();
    }

    @Test
    void takesATokenOf4096CharactersAndNoLongerOne() {
        var claim = function.claimOf(function.launched(playground.queueJob()));

        assertThat(function.claim(claim.with("token", "A".repeat(4097))).status())
                .isEqualTo(400);
        assertThat(function.claim(claim.with("token", "A".repeat(4096))).status())
                .isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(longs = {-301, 330})
    void asksNobodyForASignatureOfAnotherTime(long seconds) {
        var instance = function.launched(playground.queueJob());
        playground.log().clear();

        var answer = function.claim(SignedClaim.of(instance, function.now().plusSeconds(seconds), Playground.REGION));

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.field("error")).startsWith("date ");
        assertThat(function.calls()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {-280, 280})
    void bearsAClockThatIsSomewhatOff(long seconds) {
        var instance = function.launched(playground.queueJob());

        assertThat(function.claim(SignedClaim.of(instance, function.now().plusSeconds(seconds), Playground.REGION))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void takesNoWordOfTheBodyForWhoClaims() {
        var instance = function.launched(playground.queueJob());
        var victim = function.launched(playground.queueJob());

        var answer = function.claim(function.claimOf(instance)
                .with("instanceId", victim.id())
                .with("arn", "arn:aws:sts::123456789012:assumed-role/aws:ec2-instance/" + victim.id())
                .with("host", "sts.evil.example")
                .with("url", "https://evil.example/"));

        assertThat(answer.field("runner")).isEqualTo("mayfly-" + instance.id());
        assertThat(tags(victim)).doesNotContainKey("mayfly:runner-id");
    }

    @ParameterizedTest
    @ValueSource(strings = {"key", "token", "date", "signature"})
    void refusesAnIdentityOfWhichOneValueIsChanged(String field) {
        var instance = function.launched(playground.queueJob());
        var claim = function.claimOf(instance);
        var other = SignedClaim.of(
                function.launched(playground.queueJob()), function.now().plusSeconds(2), Playground.REGION);

        var answer = function.claim(
                claim.with(field, Objects.requireNonNull(other.fields().get(field))));

        assertThat(answer.status()).isEqualTo(401);
        assertThat(playground.github().runners().registered()).isEmpty();
    }

    @Test
    void refusesASignatureThatWasMadeForAnotherAudience() {
        var instance = function.launched(playground.queueJob());
        var claim = function.claimOf(instance);
        var credentials = IdentityCredentials.of(instance.id(), function.now());

        var answer = function.claim(
                SignedClaim.of(claim.ticket(), credentials.sign(function.now(), Playground.REGION, STS, AUDIENCE)));

        assertThat(answer.status()).isEqualTo(401);
    }

    @Test
    void doesNotTakeTheAudienceFromTheRequest() {
        var instance = function.launched(playground.queueJob());
        var claim = function.claimOf(instance);
        var credentials = IdentityCredentials.of(instance.id(), function.now());
        var foreign =
                SignedClaim.of(claim.ticket(), credentials.sign(function.now(), Playground.REGION, STS, AUDIENCE));

        var answer = function.send(foreign.event().header("host", AUDIENCE).header("x-mayfly-audience", AUDIENCE));

        assertThat(answer.status()).isEqualTo(401);
    }

    @ParameterizedTest
    @CsvSource({
        "ci-runner, i-0123456789abcdef0",
        "ec2-instance, i-0123456789abcdef0",
        "aws:ec2-instance, not-an-instance",
        "aws:ec2-infrastructure, i-0123456789abcdef0"
    })
    void refusesAnIdentityThatIsNoInstances(String role, String session) {
        var instance = function.launched(playground.queueJob());
        var id = session.startsWith("i-") ? instance.id() : session;
        var credentials = IdentityCredentials.ofRole("123456789012", role, id, function.now());

        var answer = function.claim(SignedClaim.of(instance, credentials, function.now(), Playground.REGION));

        assertThat(answer.status()).isEqualTo(401);
        assertThat(function.calls()).doesNotContain("generate-jitconfig");
    }

    @Test
    void refusesAnInstanceOfAnotherAccount() {
        var instance = function.launched(playground.queueJob());
        var credentials = IdentityCredentials.of(instance.id(), "999999999999", function.now());

        var answer = function.claim(SignedClaim.of(instance, credentials, function.now(), Playground.REGION));

        refused(answer, 403, "not of this deployment");
    }

    @Test
    void refusesAnInstanceThatEc2DoesNotShow() {
        var instance = function.launched(playground.queueJob());
        var credentials = IdentityCredentials.of("i-0fedcba9876543210", function.now());

        var answer = function.claim(SignedClaim.of(instance, credentials, function.now(), Playground.REGION));

        refused(answer, 403, "not of this deployment");
    }

    @Test
    void refusesWhatWasCapturedOnceItsInstanceHasClaimed() {
        var job = playground.queueJob();
        var instance = function.launched(job);
        var captured = function.claimOf(instance);
        assertThat(function.claim(captured).status()).isEqualTo(200);
        refused(function.claim(captured), 403, "claimed already");

        var claimed = playground.aws().instances().find(instance.id()).orElseThrow();
        function.takesJob(claimed, job);
        function.finishes(claimed, job);

        refused(function.claim(captured), 403, "claimed already");
        refused(function.claim(instance), 403, "claimed already");
        assertThat(playground.github().runners().registered()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "mayfly:deployment, blue",
        "mayfly:deployment, ''",
        "mayfly:pool, other",
        "mayfly:pool, ''",
        "mayfly:scope, repos/octo-org/another",
        "mayfly:scope, orgs/octo-org",
        "mayfly:scope, ''",
        "mayfly:scope-id, x",
        "mayfly:installation, x",
        "mayfly:repository, ..",
    })
    void refusesAnInstanceWhoseTagsAreNotThoseOfItsTicket(String tag, String value) {
        var instance = function.launched(playground.queueJob());
        tag(instance, tag, value);

        refused(function.claim(instance), 403, "not of this deployment");
    }

    @Test
    void refusesAnInstanceWithoutTags() {
        var instance = function.launched(playground.queueJob());
        var stranger = playground.aws().instances().add(Map.of());
        var credentials = IdentityCredentials.of(stranger.id(), function.now());

        var answer = function.claim(SignedClaim.of(instance, credentials, function.now(), Playground.REGION));

        refused(answer, 403, "not of this deployment");
    }

    @Test
    void refusesAnInstanceOfAnotherPoolWithARightTicket() {
        var instance = function.launched(playground.queueJob());
        function.withPool(pool -> pool.put("scope", "organization"));
        try (var later = function.another()) {
            var other = later.launched(playground.queueJob());

            refused(
                    later.claim(later.claimOf(instance)
                            .withTicket(later.claimOf(other).ticket())),
                    403,
                    "not of this deployment");
        }
    }

    @Test
    void refusesAnInstanceThatHasEnded() {
        var instance = function.launched(playground.queueJob());
        playground.aws().instances().shutdown(instance.id());

        refused(function.claim(instance), 403, "too late");
    }

    @Test
    void refusesAnInstanceThatIsOlderThanItsOwnLimit() {
        var job = playground.queueJob();
        var young = function.launched(job);
        var old = playground.aws().instances().add(young.tags(), ago(Duration.ofSeconds(601)));
        var credentials = IdentityCredentials.of(old.id(), function.now());

        refused(function.claim(SignedClaim.of(young, credentials, function.now(), Playground.REGION)), 403, "too late");

        tag(old, "mayfly:timeouts", "1200/600/43200");
        assertThat(function.claim(SignedClaim.of(young, credentials, function.now(), Playground.REGION))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void refusesAnInstanceThatWasWithdrawn() {
        var instance = function.launched(playground.queueJob());
        tag(instance, "mayfly:withdrawn", function.now().getEpochSecond() + " 1");

        refused(function.claim(instance), 403, "not needed");
        assertThat(function.calls()).doesNotContain("generate-jitconfig");
    }

    @Test
    void refusesAnInstanceThatHasClaimedThoughItWasWithdrawnAfterwards() {
        var instance = function.claimed(playground.queueJob());
        tag(instance, "mayfly:withdrawn", function.now().getEpochSecond() + " 1");

        refused(function.claim(instance), 403, "claimed already");
    }

    @Test
    void refusesANameThatGitHubHasAlready() {
        var instance = function.launched(playground.queueJob());
        playground
                .github()
                .runners()
                .register("repos/" + Playground.REPOSITORY, "mayfly-" + instance.id(), List.of("linux"), 1);

        refused(function.claim(instance), 403, "claimed already");
        assertThat(playground.github().runners().registered()).hasSize(1);
        assertThat(tags(instance)).doesNotContainKey("mayfly:runner-id");
    }

    @Test
    void refusesAnInstanceWhoseInstallationIsNotTheApps() {
        playground.github().installations().strict(true);
        playground.github().installations().remove(Playground.INSTALLATION);
        var instance = function.launched(playground.queueJob());

        refused(function.claim(instance), 403, "not of this deployment");
    }

    @Test
    void saysThatThePoolIsGone() {
        var instance = function.launched(playground.queueJob());
        function.withPool(pool -> pool.put("name", "other"));
        try (var later = function.another()) {
            refused(later.claim(instance), 410, "pool is gone");
        }
    }

    @Test
    void saysThatThePoolIsGoneWhereItsScopeHasBecomeAnother() {
        var instance = function.launched(playground.queueJob());
        function.withPool(pool -> pool.put("scope", "organization"));
        try (var later = function.another()) {
            refused(later.claim(instance), 410, "pool is gone");
        }
    }

    @Test
    void namesWhatIsWrongWithAPoolInsteadOfCallingItGone() {
        var instance = function.launched(playground.queueJob());
        function.withPool(pool -> pool.put("colour", 1));
        try (var later = function.another()) {
            var answer = later.claim(instance);

            assertThat(answer.status()).isEqualTo(500);
            assertThat(answer.field("error")).contains("pools[0].colour");
        }
    }

    @Test
    void givesOneConfigurationToTwoClaimsAtOneMoment() {
        var instance = function.launched(playground.queueJob());
        var both = new CountDownLatch(2);
        playground.github().faults().hook(new CallHook() {
            @Override
            public Fault before(Call call) {
                if (call.name().equals("generate-jitconfig")) {
                    both.countDown();
                    await(both);
                }
                return Fault.PROCEED;
            }

            @Override
            public Fault after(Call call) {
                return Fault.PROCEED;
            }
        });
        try (var other = function.another()) {
            other.start();
            var first = CompletableFuture.supplyAsync(() -> function.claim(instance), Thread::startVirtualThread);
            var second = CompletableFuture.supplyAsync(() -> other.claim(instance), Thread::startVirtualThread);

            assertThat(List.of(first.join(), second.join()))
                    .extracting(FunctionAnswer::status)
                    .as(first.join().body() + second.join().body())
                    .containsExactlyInAnyOrder(200, 403);
        }
        assertThat(playground.github().runners().registered()).hasSize(1);
    }

    @Test
    void givesNothingAwayWhereTheTagCanNotBeWritten() {
        var instance = function.launched(playground.queueJob());
        playground.aws().faults().on("CreateTags").error("RequestLimitExceeded");

        var answer = function.claim(instance);

        assertThat(answer.status()).isEqualTo(503);
        assertThat(playground.log().count("CreateTags")).isGreaterThan(3);
        assertThat(playground.github().runners().registered()).isEmpty();
        playground.aws().faults().clear();
        assertThat(function.claim(instance).status()).isEqualTo(200);
    }

    @Test
    void writesTheTagAgainWhenEc2DidNotTakeItAtOnce() {
        var instance = function.launched(playground.queueJob());
        playground.aws().faults().on("CreateTags").times(2).error("InternalError", 500);

        assertThat(function.claim(instance).status()).isEqualTo(200);
        assertThat(tags(instance)).containsKey("mayfly:runner-id");
    }

    @Test
    void givesNoConfigurationOnceTheTagIsWrittenThoughEc2DidNotSaySo() {
        var instance = function.launched(playground.queueJob());
        playground.aws().faults().on("CreateTags").loseAnswer();

        assertThat(function.claim(instance).status()).isEqualTo(503);

        assertThat(playground.github().runners().registered()).isEmpty();
        refused(function.claim(instance), 403, "claimed already");
    }

    @Test
    void namesThePermissionThatItLacks() {
        var instance = function.launched(playground.queueJob());
        playground.aws().faults().on("CreateTags").error("UnauthorizedOperation", 403);

        var answer = function.claim(instance);

        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.field("error")).contains("ec2:CreateTags");
        assertThat(playground.log().count("CreateTags")).isEqualTo(1);
        assertThat(playground.github().runners().registered()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "GetCallerIdentity, Throttling, 400",
        "GetCallerIdentity, ServiceUnavailable, 503",
        "GetCallerIdentity, InternalFailure, 500",
        "DescribeInstances, RequestLimitExceeded, 503",
        "DescribeInstances, InternalError, 500",
        "token, down, 502",
        "generate-jitconfig, down, 502"
    })
    void asksForALaterTryWhereAServiceIsDown(String call, String code, int status) {
        var instance = function.launched(playground.queueJob());
        playground.aws().faults().on(call).times(1).error(code, status);

        var answer = function.claim(instance);

        assertThat(answer.status()).isEqualTo(503);
        assertThat(Integer.parseInt(answer.headers().get("retry-after"))).isBetween(1, 10);
        assertThat(function.claim(instance).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "<xml/>",
                "{\"GetCallerIdentityResponse\":[]}",
                "{\"GetCallerIdentityResponse\":{\"GetCallerIdentityResult\":{\"Account\":\"123456789012\"}}}",
                "{\"GetCallerIdentityResponse\":{\"GetCallerIdentityResult\":{\"Account\":123456789012,\"Arn\":7}}}"
            })
    void believesNoAnswerOfStsThatItDoesNotUnderstand(String body) {
        var instance = function.launched(playground.queueJob());
        playground.aws().faults().on("GetCallerIdentity").answer(200, Map.of("Content-Type", "application/json"), body);

        assertThat(function.claim(instance).status()).isEqualTo(503);
        assertThat(function.calls()).doesNotContain("generate-jitconfig");
    }

    @Test
    void believesNoAnswerOfStsWhoseAccountAndRoleDiffer() {
        var instance = function.launched(playground.queueJob());
        playground
                .aws()
                .faults()
                .on("GetCallerIdentity")
                .answer(
                        200,
                        Map.of("Content-Type", "application/json"),
                        "{\"GetCallerIdentityResponse\":{\"GetCallerIdentityResult\":{\"Account\":\"123456789012\","
                                + "\"Arn\":\"arn:aws:sts::999999999999:assumed-role/aws:ec2-instance/" + instance.id()
                                + "\",\"UserId\":\"x\"}}}");

        assertThat(function.claim(instance).status()).isEqualTo(401);
    }

    @Test
    void followsStsNowhere() {
        var instance = function.launched(playground.queueJob());
        playground
                .aws()
                .faults()
                .on("GetCallerIdentity")
                .answer(307, Map.of("Location", playground.aws().url() + "/elsewhere"), "");

        assertThat(function.claim(instance).status()).isEqualTo(503);
        assertThat(playground.log().count("GetCallerIdentity")).isEqualTo(1);
    }

    @Test
    void asksNobodyWhileGitHubTakesNoRegistrations() {
        var first = function.launched(playground.queueJob());
        var second = function.launched(playground.queueJob());
        playground
                .github()
                .faults()
                .on("generate-jitconfig")
                .times(1)
                .answer(403, Map.of("Retry-After", "60"), "{\"message\":\"You have exceeded a secondary rate limit\"}");
        assertThat(function.claim(first).status()).isEqualTo(503);
        playground.log().clear();

        var answer = function.claim(second);

        assertThat(answer.status()).isEqualTo(503);
        assertThat(Integer.parseInt(answer.headers().get("retry-after"))).isBetween(50, 100);
        assertThat(function.calls()).isEmpty();
    }

    @Test
    void takesTicketsOfThePreviousSecretDuringARotation() {
        var instance = function.launched(playground.queueJob());
        playground.parameter("github-webhook-secret", "another secret");
        playground.parameter("github-previous-webhook-secret", Playground.SECRET);
        try (var later = function.another()) {
            assertThat(later.claim(instance).status()).isEqualTo(200);
        }
    }

    /** Within the tests' process, for a minute has to pass. */
    @Test
    void readsTheSecretsAnewForATicketThatIsWrong() {
        try (var own = Function.within();
                var later = own.another()) {
            var instance = own.launched(own.playground().queueJob());
            own.playground().parameter("github-webhook-secret", "another secret");
            assertThat(later.claim(instance).status()).isEqualTo(401);
            own.playground().parameter("github-previous-webhook-secret", Playground.SECRET);
            own.pass(Duration.ofSeconds(70));

            assertThat(later.claim(instance).status()).isEqualTo(200);
        }
    }

    @Test
    void isNotAbleToSayWhereItIsWithoutItsUrl() {
        function.withoutParameter("url");

        var answer = function.deliver(playground.queueJob(), "queued");

        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.field("error")).contains("MAYFLY_URL", "/mayfly/playground/url");
        assertThat(function.live()).isEmpty();
    }

    private static void refused(FunctionAnswer answer, int status, String error) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.body()).isEqualTo("{\"error\":\"" + error + "\"}");
    }

    private FunctionAnswer send(String ticket, String body) {
        return function.claim(new FunctionUrlEvent("POST", "/claim", body.getBytes(StandardCharsets.UTF_8))
                .header("x-mayfly-ticket", ticket));
    }

    private static String padded(SignedClaim claim, int size) {
        var body = claim.body();
        return body + " ".repeat(size - body.length());
    }

    private static String ticket(String pool, String scope) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString((pool + "\n" + scope + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private Map<String, String> tags(EmulatedInstance instance) {
        return playground.aws().instances().find(instance.id()).orElseThrow().tags();
    }

    private void tag(EmulatedInstance instance, String key, String value) {
        playground.aws().instances().tag(List.of(instance.id()), Map.of(key, value));
    }

    private Instant ago(Duration age) {
        return function.now().minus(age);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(1, TimeUnit.MINUTES)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
