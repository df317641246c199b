package io.mayfly.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.mayfly.playground.aws.EmulatedInstance;
import io.mayfly.playground.github.EmulatedInstallation;
import io.mayfly.playground.github.GitHubEmulator;
import io.mayfly.playground.world.Playground;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Further Apps register runners, and do nothing else. */
class SeveralAppsIT {

    private static final String JIT = "generate-jitconfig";
    private static final int COST = 5;

    private Function function = new Function();
    private Playground playground = function.playground();
    private GitHubEmulator first = playground.github();

    /** Within the tests' process, for minutes have to pass. */
    private void inItsOwnTime() {
        function.close();
        function = Function.within();
        playground = function.playground();
        first = playground.github();
    }

    @AfterEach
    void close() {
        function.close();
    }

    @Test
    void theInstancesIdChoosesTheApp() {
        var second = function.withApp(2);
        var third = function.withApp(3);

        function.claimed(function.launchedFor(2, 3));
        function.claimed(function.launchedFor(3, 3));
        function.claimed(function.launchedFor(3, 3));
        function.claimed(function.launchedFor(1, 3));

        assertThat(registrations(first)).isEqualTo(1);
        assertThat(registrations(second)).isEqualTo(1);
        assertThat(registrations(third)).isEqualTo(2);
    }

    @Test
    void onlyOneFurtherAppIsAsGoodAsTheOther() {
        var third = function.withApp(3);

        function.claimed(function.launchedFor(2, 2));

        assertThat(registrations(third)).isEqualTo(1);
    }

    @Test
    void takesTwoCallsMoreForAFurtherAppsFirstClaimAtAnOwnerAndNoneThen() {
        function.withApp(2);
        var cold = function.launchedFor(2, 2);
        var warm = function.launchedFor(2, 2);
        playground.log().clear();

        function.claimed(cold);
        assertThat(function.calls())
                .containsExactly(
                        "GetCallerIdentity",
                        "DescribeInstances",
                        "get-repository-installation",
                        "token",
                        JIT,
                        "CreateTags");
        playground.log().clear();

        function.claimed(warm);
        assertThat(function.calls()).containsExactly("GetCallerIdentity", "DescribeInstances", JIT, "CreateTags");
    }

    @Test
    void findsTheInstallationOfAnOrganization() {
        function.withPool(pool -> pool.put("scope", "organization"));
        var second = function.withApp(2);

        function.claimed(function.launchedFor(2, 2));

        assertThat(function.calls()).contains("get-organization-installation");
        assertThat(registrations(second)).isEqualTo(1);
    }

    @Test
    void asksForNoMorePermissionsThanARegistrationTakes() {
        function.withApp(2);
        var instance = function.launchedFor(2, 2);
        playground.log().clear();

        function.claimed(instance);

        assertThat(playground.log().calls("token")).singleElement().satisfies(call -> {
            assertThat(call.path()).contains("/" + (Playground.INSTALLATION + 2) + "/");
            assertThat(call.body()).isEqualTo("{\"permissions\":{\"administration\":\"write\"}}");
        });
    }

    @Test
    void leavesAllElseToTheFirstApp() {
        var second = function.withApp(2);
        var job = playground.queueJob();
        var instance = function.claimed(job);
        function.takesJob(instance, job);
        function.finishes(instance, job);

        assertThat(function.deliver(job, "completed").field("outcome")).isEqualTo("terminated");
        assertThat(second.points().spent("delete-runner")).isZero();
    }

    @Test
    void closesNoOtherWayToGitHubWhereNoMoreAreRegistered() {
        var job = playground.queueJob();
        var instance = function.claimed(job);
        function.takesJob(instance, job);
        function.finishes(instance, job);
        first.points().spendAll(JIT);
        assertThat(function.claim(function.launched(playground.queueJob())).status())
                .isEqualTo(503);

        assertThat(function.deliver(job, "completed").field("outcome")).isEqualTo("terminated");
        assertThat(first.points().spent("delete-runner")).isEqualTo(COST);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void asksTheNextAppWhereGitHubTakesNoMoreOfOne(int limited) {
        var second = function.withApp(2);
        var other = limited == 1 ? second : first;
        (limited == 1 ? first : second).points().spendAll(JIT);

        function.claimed(function.launchedFor(limited, 2));

        assertThat(registrations(other)).isEqualTo(1);
        assertThat(playground.log().calls(JIT)).hasSize(2);
    }

    @Test
    void doesNotAskALimitedAppAgainBeforeGitHubSaysSo() {
        inItsOwnTime();
        var second = function.withApp(2);
        second.points().spendAll(JIT);
        function.claimed(function.launchedFor(2, 2));
        playground.log().clear();

        function.claimed(function.launchedFor(2, 2));
        assertThat(playground.log().calls(JIT)).hasSize(1);
        function.pass(Duration.ofSeconds(61));
        function.claimed(function.launchedFor(2, 2));

        assertThat(registrations(first)).isEqualTo(0);
        assertThat(registrations(second)).isEqualTo(1);
    }

    @Test
    void asksNobodyWhileAllAppsAreLimited() {
        inItsOwnTime();
        var second = function.withApp(2);
        first.points().spendAll(JIT);
        second.points().spendAll(JIT);
        var instance = function.launchedFor(2, 2);
        assertThat(function.claim(instance).status()).isEqualTo(503);
        playground.log().clear();

        var answer = function.claim(instance);

        assertThat(answer.status()).isEqualTo(503);
        assertThat(Integer.parseInt(answer.headers().get("retry-after"))).isBetween(59, 71);
        assertThat(function.calls()).isEmpty();
        function.pass(Duration.ofSeconds(61));
        assertThat(function.claim(instance).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @MethodSource("uselessApps")
    void losesNoClaimForAnAppThatCannotBeUsed(Consumer<SeveralAppsIT> harm) {
        function.withApp(2);
        harm.accept(this);

        function.claimed(function.launchedFor(2, 2));
        function.claimed(function.launchedFor(2, 2));

        assertThat(registrations(first)).isEqualTo(2);
        assertThat(function.log().split("App left out app=github-app-2", -1))
                .as("it is said once")
                .hasSize(2);
        assertThat(function.log()).contains("github-app-2").doesNotContain("MAYFLY_GITHUB_PRIVATE_KEY");
    }

    static Stream<Named<Consumer<SeveralAppsIT>>> uselessApps() {
        return Stream.of(
                Named.of("is not installed", it -> it.second().installations().remove(Playground.INSTALLATION + 2)),
                Named.of("is suspended", it -> it.second().installations().suspend(Playground.INSTALLATION + 2)),
                Named.of("is not installed on the repository", it -> it.install(List.of("other"), "administration")),
                Named.of("may not register runners", it -> it.install(List.of(), "issues")),
                Named.of("is deleted", it -> it.first.delete(it.second())),
                Named.of("has another key", it -> it.set("{\"id\":67890,\"key\":" + it.otherKey() + "}")),
                Named.of("has no key", it -> it.set("{\"id\":67890}")),
                Named.of("has a key that is none", it -> it.set("{\"id\":67890,\"key\":\"x\"}")),
                Named.of("has no id", it -> it.set("{\"key\":" + it.otherKey() + "}")),
                Named.of("has an id that is none", it -> it.set("{\"id\":[],\"key\":" + it.otherKey() + "}")),
                Named.of("is no JSON", it -> it.set("67890")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"get-repository-installation", "token"})
    void asksTheNextAppWhereOneCannotBeReached(String call) {
        function.withApp(2);
        var instance = function.launchedFor(2, 2);
        function.claimed(function.launchedFor(1, 2));
        first.faults().on(call).times(1).error("Server Error", 502);

        function.claimed(instance);

        assertThat(registrations(first)).isEqualTo(2);
    }

    @Test
    void asksNoOtherAppOnceARunnerMayBeRegistered() {
        function.withApp(2);
        var instance = function.launchedFor(2, 2);
        first.faults().on(JIT).times(1).error("Server Error", 502);

        assertThat(function.claim(instance).status()).isEqualTo(503);

        assertThat(playground.log().calls(JIT)).hasSize(1);
        assertThat(function.claim(instance).status()).isEqualTo(200);
    }

    @Test
    void takesAnAppBackThatWasMended() {
        inItsOwnTime();
        var second = function.withApp(2);
        second.installations().remove(Playground.INSTALLATION + 2);
        function.claimed(function.launchedFor(2, 2));
        install(List.of(), "administration");
        function.pass(Duration.ofMinutes(5));

        function.claimed(function.launchedFor(2, 2));

        assertThat(registrations(second)).isEqualTo(1);
    }

    @Test
    void findsAnInstallationAnewThatHasBecomeAnother() {
        inItsOwnTime();
        var second = function.withApp(2);
        function.claimed(function.launchedFor(2, 2));
        second.installations().remove(Playground.INSTALLATION + 2);
        function.claimed(function.launchedFor(2, 2));
        second.installations().register(EmulatedInstallation.on(77, "octo-org"));
        function.pass(Duration.ofMinutes(5));

        function.claimed(function.launchedFor(2, 2));

        assertThat(registrations(second)).isEqualTo(1);
        assertThat(playground.log().calls("token").getLast().path()).contains("/77/");
    }

    @Test
    void refusesASecondClaimWhicheverAppRegisteredTheFirst() {
        var second = function.withApp(2);
        EmulatedInstance instance = function.launchedFor(2, 2);
        function.claimed(instance);
        second.points().spendAll(JIT);

        assertThat(function.claim(instance).field("error")).isEqualTo("claimed already");
    }

    private GitHubEmulator second() {
        return first.joined().getFirst();
    }

    private void install(List<String> repositories, String permission) {
        second().installations()
                .register(new EmulatedInstallation(
                        Playground.INSTALLATION + 2, "octo-org", repositories, Map.of(permission, "write")));
    }

    private void set(String json) {
        playground.parameter("github-app-2", json);
    }

    private String otherKey() {
        return "\"" + first.app().privateKeyPem().replace("\n", "\\n") + "\"";
    }

    private static int registrations(GitHubEmulator app) {
        return app.points().spent(JIT) / COST;
    }
}
