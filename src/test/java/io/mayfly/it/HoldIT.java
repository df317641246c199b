package io.mayfly.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mayfly.playground.aws.EmulatedInstance;
import io.mayfly.playground.github.EmulatedJob;
import io.mayfly.playground.github.EmulatedRunner;
import io.mayfly.playground.host.FunctionUrlEvent;
import io.mayfly.playground.world.Playground;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pools whose instances an operator may connect to, and the instances that one keeps after their jobs. */
class HoldIT {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Function function = new Function();
    private final Playground playground = function.playground();

    @AfterEach
    void close() {
        function.close();
    }

    @Test
    void opensAWayInOnlyWhereThePoolSaysSo() {
        var closed = function.launched(playground.queueJob());
        var request = playground.log().calls("RunInstances").getLast().parameters();
        assertThat(request).doesNotContainKeys("IamInstanceProfile.Name", "MetadataOptions.InstanceMetadataTags");
        assertThat(closed.variable("MAYFLY_CONNECT")).isEmpty();
    }

    @Test
    void launchesWithTheDeploymentsProfileAndTagsThatTheInstanceReads() {
        function.withPool(pool -> pool.put("connect", true));

        var open = function.launched(playground.queueJob());

        assertThat(playground.log().calls("RunInstances").getLast().parameters())
                .containsEntry("IamInstanceProfile.Name", "mayfly-default-connect")
                .containsEntry("MetadataOptions.InstanceMetadataTags", "enabled")
                .containsEntry("MetadataOptions.HttpTokens", "required")
                .containsEntry("MetadataOptions.HttpPutResponseHopLimit", "1");
        assertThat(open.variable("MAYFLY_CONNECT")).contains("true");
    }

    @Test
    void leavesAPoolItsOwnProfile() {
        function.withPool(pool -> pool.put("connect", true).put("instanceProfile", "mine"));

        function.launched(playground.queueJob());

        assertThat(playground.log().calls("RunInstances").getLast().parameters())
                .containsEntry("IamInstanceProfile.Name", "mine")
                .containsEntry("MetadataOptions.InstanceMetadataTags", "enabled");
    }

    @Test
    void namesATagThatTheInstanceCouldNotRead() {
        function.withPool(pool -> pool.put("connect", true).putObject("tags").put("cost center", "4711"));

        var answer = function.deliver(playground.queueJob(), "queued");

        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.body()).contains("cost center", "where connect is true");
        assertThat(playground.log().calls("RunInstances")).isEmpty();
    }

    @Test
    void keepsAHeldInstanceWhenItsJobHasEndedAndTakesItsRegistrationOnly() {
        var job = playground.queueJob();
        var instance = function.claimed(job);
        function.takesJob(instance, job);
        function.finishes(instance, job);
        hold(instance, Duration.ofHours(1));

        var answer = function.deliver(job, "completed");

        assertThat(answer.body()).isEqualTo("{\"outcome\":\"terminated\",\"instanceIds\":[]}");
        assertThat(function.live()).hasSize(1);
        assertThat(playground.github().runners().registered()).isEmpty();
        assertThat(function.log()).contains("held instance=" + instance.id());

        hold(instance, Duration.ofSeconds(-1));
        assertThat(function.deliver(job, "completed").body()).contains(instance.id());
        assertThat(function.live()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "soon", "-1", "1", "9999999999999", "99999999999x", "1e12"})
    void endsAnInstanceWhoseHoldIsNone(String hold) {
        var job = playground.queueJob();
        var instance = function.claimed(job);
        function.takesJob(instance, job);
        function.finishes(instance, job);
        tag(instance, hold);

        assertThat(function.deliver(job, "completed").body()).contains(instance.id());
    }

    @Test
    void leavesABusyRunnerAloneWhateverIsHeld() {
        var job = playground.queueJob();
        var other = playground.queueJob();
        var instance = function.claimed(job);
        function.takesJob(instance, other);
        hold(instance, Duration.ofHours(1));

        var answer = function.deliver(
                job,
                "completed",
                payload -> payload.withObject("workflow_job")
                        .put("runner_id", Function.runnerId(instance))
                        .put("runner_name", "mayfly-" + instance.id()));

        assertThat(answer.body()).contains("runner is busy");
        assertThat(playground.github().runners().registered()).hasSize(1);
    }

    @Test
    void sweepsAHeldInstanceOnlyWhenItsHoldIsOver() {
        var idle = idle(Duration.ofMinutes(30));
        hold(idle, Duration.ofMinutes(10));

        var report = sweep();
        assertThat(report.path("terminated")).isEmpty();
        assertThat(report.path("skipped").toString()).contains(idle.id(), "held until ");

        hold(idle, Duration.ofSeconds(-1));
        assertThat(sweep().path("terminated").toString()).isEqualTo("[\"" + idle.id() + "\"]");
    }

    @Test
    void sweepsAHeldInstanceWhoseRunnerIsGone() {
        var gone = claimed(Duration.ofMinutes(30));
        playground.github().runners().deregister(Function.runnerId(gone));
        suspect(gone);
        hold(gone, Duration.ofMinutes(10));
        assertThat(sweep().path("terminated")).isEmpty();

        hold(gone, Duration.ZERO);
        assertThat(sweep().path("terminated").toString()).isEqualTo("[\"" + gone.id() + "\"]");
    }

    @Test
    void marksAHeldInstanceThatDoesNotClaimButEndsItNot() {
        var old = playground.aws().instances().add(tags(), ago(Duration.ofMinutes(16)));
        hold(old, Duration.ofMinutes(10));
        assertThat(sweep().path("withdrawn").toString()).contains(old.id());
        playground
                .aws()
                .instances()
                .tag(
                        List.of(old.id()),
                        Map.of("mayfly:withdrawn", ago(Duration.ofSeconds(90)).getEpochSecond() + " -"));
        assertThat(sweep().path("terminated")).isEmpty();

        hold(old, Duration.ofSeconds(-1));
        assertThat(sweep().path("terminated").toString()).isEqualTo("[\"" + old.id() + "\"]");
    }

    /** Its own limit, of 12 hours, and 15 minutes. */
    @ParameterizedTest
    @ValueSource(strings = {"999999999999", "99999999999 somebody"})
    void endsAtItsHardLimitWhateverItsHoldSays(String absurd) {
        var old = claimed(Duration.ofMinutes(12 * 60 + 16));
        tag(old, absurd);

        assertThat(sweep().path("terminated").toString()).isEqualTo("[\"" + old.id() + "\"]");
    }

    /** What is kept beyond the hard limit waits for no hold any more, in the 15 minutes between. */
    @Test
    void holdsNothingBeyondTheHardLimit() {
        var idle = idle(Duration.ofMinutes(12 * 60 + 5));
        hold(idle, Duration.ofHours(1));

        assertThat(sweep().path("terminated").toString()).isEqualTo("[\"" + idle.id() + "\"]");
    }

    @Test
    void countsAHeldInstanceThatHasServedForNothingThatWaits() {
        var held = claimed(Duration.ofMinutes(30));
        playground.github().runners().deregister(Function.runnerId(held));
        hold(held, Duration.ofHours(1));
        playground
                .github()
                .jobs()
                .queue(EmulatedJob.queued(
                        41_000_000_000L, Playground.REPOSITORY, Playground.LABELS, ago(Duration.ofMinutes(3))));

        assertThat(sweep().path("launched").toString()).contains("\"count\":1");
    }

    @Test
    void countsAHeldInstanceAgainstThePoolsCeiling() {
        function.withPool(pool -> pool.put("maxRunners", 1));
        var held = claimed(Duration.ofMinutes(30));
        hold(held, Duration.ofHours(1));

        assertThat(function.deliver(playground.queueJob(), "queued").status()).isEqualTo(503);
    }

    private EmulatedInstance idle(Duration age) {
        var instance = claimed(age);
        playground.github().runners().connect(Function.runnerId(instance));
        suspect(instance);
        return instance;
    }

    private EmulatedInstance claimed(Duration age) {
        var instance = playground.aws().instances().add(tags(), ago(age));
        EmulatedRunner runner = playground
                .github()
                .runners()
                .register(
                        "repos/" + Playground.REPOSITORY,
                        "mayfly-" + instance.id(),
                        List.of("self-hosted", "linux", "x64", "mayfly-default-eu-west-1"),
                        1)
                .orElseThrow();
        playground
                .aws()
                .instances()
                .tag(List.of(instance.id()), Map.of("mayfly:runner-id", Long.toString(runner.id())));
        return playground.aws().instances().find(instance.id()).orElseThrow();
    }

    private void suspect(EmulatedInstance instance) {
        playground
                .aws()
                .instances()
                .tag(
                        List.of(instance.id()),
                        Map.of("mayfly:suspect", ago(Duration.ofMinutes(6)).toString()));
    }

    private void hold(EmulatedInstance instance, Duration time) {
        tag(instance, function.now().plus(time).getEpochSecond() + " arn:aws:iam::123456789012:user/somebody");
    }

    private void tag(EmulatedInstance instance, String hold) {
        playground.aws().instances().tag(List.of(instance.id()), Map.of("mayfly:hold", hold));
    }

    private Instant ago(Duration age) {
        return function.now().minus(age);
    }

    private static Map<String, String> tags() {
        return new HashMap<>(Map.of(
                "mayfly:deployment", "default",
                "mayfly:pool", "linux-x64",
                "mayfly:scope", "repos/" + Playground.REPOSITORY,
                "mayfly:scope-id", "482742958",
                "mayfly:repository", Playground.REPOSITORY,
                "mayfly:installation", Long.toString(Playground.INSTALLATION),
                "mayfly:job", "1",
                "mayfly:timeouts", "600/300/43200"));
    }

    private JsonNode sweep() {
        var result = function.invoke(FunctionUrlEvent.sweep(function.now()));
        assertThat(result.failed()).as(result.text()).isFalse();
        try {
            return MAPPER.readTree(MAPPER.readTree(result.text()).path("body").asText());
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
