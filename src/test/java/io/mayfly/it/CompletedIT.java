package io.mayfly.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.mayfly.playground.aws.EmulatedInstance;
import io.mayfly.playground.github.EmulatedJob;
import io.mayfly.playground.world.Playground;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CompletedIT {

    private final Function function = new Function();
    private final Playground playground = function.playground();

    @AfterEach
    void close() {
        function.close();
    }

    @Test
    void endsTheInstanceWhoseRunnerHasDoneTheJob() {
        var job = playground.queueJob();
        var instance = function.claimed(job);
        function.takesJob(instance, job);
        function.finishes(instance, job);

        var answer = function.deliver(job, "completed");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("{\"outcome\":\"terminated\",\"instanceIds\":[\"" + instance.id() + "\"]}");
        assertThat(function.live()).isEmpty();
    }

    @Test
    void answersTheSameOfAnInstanceThatIsGone() {
        var job = playground.queueJob();
        var instance = function.claimed(job);
        function.takesJob(instance, job);
        function.finishes(instance, job);
        playground.aws().instances().shutdown(instance.id());

        assertThat(function.deliver(job, "completed").body())
                .isEqualTo("{\"outcome\":\"terminated\",\"instanceIds\":[]}");
    }

    @Test
    void endsTheInstanceThatDidTheJobAndNotTheOneThatWasLaunchedForIt() {
        var first = playground.queueJob();
        var second = playground.queueJob();
        var launchedForFirst = function.claimed(first);
        var launchedForSecond = function.claimed(second);
        function.takesJob(launchedForSecond, first);
        function.finishes(launchedForSecond, first);

        function.deliver(first, "completed");

        assertThat(function.live()).extracting(instance -> instance.id()).containsExactly(launchedForFirst.id());
    }

    @Test
    void leavesARunnerAloneThatGitHubSaysIsBusy() {
        var job = playground.queueJob();
        var other = playground.queueJob();
        var instance = function.claimed(job);
        function.takesJob(instance, other);

        var answer = function.deliver(
                job,
                "completed",
                payload -> payload.withObject("workflow_job")
                        .put("runner_id", Function.runnerId(instance))
                        .put("runner_name", "mayfly-" + instance.id()));

        assertThat(answer.body()).isEqualTo("{\"outcome\":\"ignored\",\"reason\":\"runner is busy\"}");
        assertThat(function.live()).hasSize(1);
    }

    @Test
    void leavesARunnerOfTheSameNameWithAnotherIdAlone() {
        var job = playground.queueJob();
        var instance = function.claimed(job);

        var answer = function.deliver(
                job,
                "completed",
                payload -> payload.withObject("workflow_job")
                        .put("runner_id", 999_999)
                        .put("runner_name", "mayfly-" + instance.id()));

        assertThat(answer.field("outcome")).isEqualTo("ignored");
        assertThat(function.calls()).doesNotContain("delete-runner", "TerminateInstances");
        assertThat(function.live()).hasSize(1);
    }

    @Test
    void leavesARunnerAloneThatIsNamedByAnotherRepository() {
        var job = playground.queueJob();
        var instance = function.claimed(job);

        var answer = function.deliver(job, "completed", payload -> {
            payload.withObject("workflow_job")
                    .put("runner_id", Function.runnerId(instance))
                    .put("runner_name", "mayfly-" + instance.id());
            payload.withObject("repository")
                    .put("full_name", "octo-org/another")
                    .put("id", 4711);
        });

        assertThat(answer.field("outcome")).isEqualTo("ignored");
        assertThat(function.live()).hasSize(1);
    }

    @Test
    void asksNobodyAboutSomebodyElsesRunner() {
        var job = playground.queueJob();

        var answer = function.deliver(
                job,
                "completed",
                payload ->
                        payload.withObject("workflow_job").put("runner_id", 5).put("runner_name", "GitHub Actions 5"));

        assertThat(answer.body())
                .isEqualTo("{\"outcome\":\"ignored\",\"reason\":\"runner is not of this deployment\"}");
        assertThat(function.calls()).containsExactly("GetParameters");
    }

    @Test
    void touchesNoInstanceOfAnotherDeployment() {
        var job = playground.queueJob();
        var foreign = playground
                .aws()
                .instances()
                .add(Map.of(
                        "mayfly:deployment", "staging",
                        "mayfly:runner-id", "77",
                        "mayfly:scope", "repos/octo-org/hello-world",
                        "mayfly:scope-id", "482742958",
                        "mayfly:installation", Long.toString(Playground.INSTALLATION),
                        "mayfly:repository", "octo-org/hello-world",
                        "mayfly:job", Long.toString(job.id())));

        function.deliver(
                job,
                "completed",
                payload -> payload.withObject("workflow_job")
                        .put("runner_id", 77)
                        .put("runner_name", "mayfly-" + foreign.id()));
        playground.github().jobs().complete(job.id(), "cancelled");
        function.deliver(job, "completed");

        assertThat(function.live()).extracting(instance -> instance.id()).containsExactly(foreign.id());
    }

    @Test
    void withdrawsTheInstanceOfAJobThatWasCancelledBeforeItClaimedItsRunner() {
        var job = playground.queueJob();
        var instance = function.launched(job);
        playground.github().jobs().complete(job.id(), "cancelled");
        playground.log().clear();

        var answer = function.deliver(job, "completed");

        assertThat(answer).hasToString("200 {\"outcome\":\"withdrawn\",\"instanceIds\":[\"" + instance.id() + "\"]}");
        assertThat(tags(instance).get("mayfly:withdrawn")).matches("[0-9]{10} " + job.id());
        assertThat(function.live()).hasSize(1);
        assertThat(function.calls()).containsExactly("DescribeInstances", "CreateTags");
        assertThat(function.claim(instance).field("error")).isEqualTo("not needed");
    }

    @Test
    void withdrawsOneInstanceForAJobHoweverOftenItIsTold() {
        var job = playground.queueJob();
        var first = function.launched(job);
        var second = playground.aws().instances().add(first.tags());
        playground.github().jobs().complete(job.id(), "cancelled");

        var once = function.deliver(job, "completed");
        var twice = function.deliver(job, "completed");

        assertThat(twice.body()).isEqualTo(once.body());
        assertThat(List.of(first, second))
                .extracting(instance -> tags(instance).containsKey("mayfly:withdrawn"))
                .containsExactlyInAnyOrder(true, false);
    }

    @Test
    void leavesTheInstanceOfACancelledJobAloneOnceItHasClaimed() {
        var job = playground.queueJob();
        var instance = function.claimed(job);
        playground.github().jobs().complete(job.id(), "cancelled");

        var answer = function.deliver(job, "completed");

        assertThat(answer).hasToString("200 {\"outcome\":\"withdrawn\",\"instanceIds\":[]}");
        assertThat(tags(instance)).doesNotContainKey("mayfly:withdrawn");
        assertThat(function.live()).hasSize(1);
        assertThat(playground.github().runners().registered()).hasSize(1);
    }

    @Test
    void withdrawsAnInstanceOfABatchForEachJobOfItsRun() {
        var first = playground.queueJob();
        var run = first.runId();
        var second = inRun(run, first.id() + 1);
        var third = inRun(run, first.id() + 2);
        var one = function.launched(first);
        var other = playground.aws().instances().add(one.tags());

        for (var job : List.of(second, third, first)) {
            playground.github().jobs().complete(job.id(), "cancelled");
            var once = function.deliver(job, "completed");
            assertThat(function.deliver(job, "completed").body()).isEqualTo(once.body());
        }

        assertThat(List.of(tags(one), tags(other)))
                .extracting(tags -> tags.get("mayfly:withdrawn"))
                .satisfiesExactlyInAnyOrder(
                        mark -> assertThat(mark).endsWith(" " + second.id()),
                        mark -> assertThat(mark).endsWith(" " + third.id()));
    }

    @ParameterizedTest
    @CsvSource({
        "mayfly:run, 4711",
        "mayfly:pool, another",
        "mayfly:scope-id, 4711",
        "mayfly:runner-id, 4711",
        "mayfly:withdrawn, 1764500000 4711",
        "mayfly:deployment, blue"
    })
    void withdrawsNothingOfABatchThatIsNotOfTheJobsKind(String tag, String value) {
        var first = playground.queueJob();
        var one = function.launched(first);
        var other = playground.aws().instances().add(one.tags());
        playground.aws().instances().tag(List.of(one.id(), other.id()), Map.of(tag, value));
        var job = inRun(first.runId(), first.id() + 1);
        playground.github().jobs().complete(job.id(), "cancelled");
        playground.log().clear();

        assertThat(function.deliver(job, "completed"))
                .hasToString("200 {\"outcome\":\"withdrawn\",\"instanceIds\":[]}");
        assertThat(function.calls()).doesNotContain("CreateTags");
    }

    @Test
    void leavesTheInstanceOfAnotherJobOfTheRunThatWasLaunchedAlone() {
        var first = playground.queueJob();
        function.launched(first);
        var job = inRun(first.runId(), first.id() + 1);
        playground.github().jobs().complete(job.id(), "cancelled");

        assertThat(function.deliver(job, "completed"))
                .hasToString("200 {\"outcome\":\"withdrawn\",\"instanceIds\":[]}");
    }

    private EmulatedJob inRun(long run, long id) {
        return playground
                .github()
                .jobs()
                .queue(EmulatedJob.queued(id, Playground.REPOSITORY, Playground.LABELS, function.now())
                        .inRun(run, 1));
    }

    @Test
    void withdrawsNoInstanceOfAnotherJob() {
        function.launched(playground.queueJob());
        var job = playground.queueJob();
        playground.github().jobs().complete(job.id(), "cancelled");

        assertThat(function.deliver(job, "completed"))
                .hasToString("200 {\"outcome\":\"withdrawn\",\"instanceIds\":[]}");
        assertThat(function.calls()).doesNotContain("CreateTags");
    }

    @ParameterizedTest
    @CsvSource({"MAYFLY_PAUSED, true, paused", "MAYFLY_REPOSITORIES, octo-org/another, repository is not allowed"})
    void asksNobodyAboutACancelledJobForWhichNothingWouldBeLaunched(String variable, String value, String reason) {
        var job = playground.queueJob();
        playground.github().jobs().complete(job.id(), "cancelled");
        function.with(variable, value);

        var answer = function.deliver(job, "completed");

        assertThat(answer).hasToString("200 {\"outcome\":\"ignored\",\"reason\":\"" + reason + "\"}");
        assertThat(function.calls()).containsExactly("GetParameters");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"repos/victim/repo#", "repos/victim/repo?", "repos/../victim", "orgs/..", "repos/a/b/c", ""})
    void asksNothingOfAPathThatATagMakes(String scope) {
        var job = playground.queueJob();
        var instance = function.claimed(job);
        function.takesJob(instance, job);
        function.finishes(instance, job);
        playground.aws().instances().tag(List.of(instance.id()), Map.of("mayfly:scope", scope));
        playground.log().clear();

        function.deliver(job, "completed");

        assertThat(function.calls()).containsOnly("DescribeInstances");
        assertThat(function.live()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"mayfly:runner-id, 999", "mayfly:runner-id, ''", "mayfly:scope-id, 999", "mayfly:scope-id, ''"})
    void leavesAnInstanceAloneWhoseIdsAreNotThoseOfTheJob(String tag, String value) {
        var job = playground.queueJob();
        var instance = function.claimed(job);
        function.takesJob(instance, job);
        function.finishes(instance, job);
        playground.aws().instances().tag(List.of(instance.id()), Map.of(tag, value));

        var answer = function.deliver(job, "completed");

        assertThat(answer.field("outcome")).isEqualTo("ignored");
        assertThat(function.live()).hasSize(1);
    }

    @Test
    void endsTheInstanceOfARepositoryThatWasRenamedMeanwhile() {
        var job = playground.queueJob();
        var instance = function.claimed(job);
        function.takesJob(instance, job);
        function.finishes(instance, job);
        playground.github().rename(Playground.REPOSITORY, "octo-org/renamed");

        var answer = function.deliver(
                job, "completed", payload -> payload.withObject("repository").put("full_name", "octo-org/renamed"));

        assertThat(answer.body()).contains("terminated", instance.id());
    }

    @Test
    void asksNobodyAboutASkippedJob() {
        var job = playground.queueJob();
        playground.github().jobs().complete(job.id(), "skipped");

        var answer = function.deliver(job, "completed");

        assertThat(answer.body()).isEqualTo("{\"outcome\":\"ignored\",\"reason\":\"job was skipped\"}");
        assertThat(function.calls()).containsExactly("GetParameters");
    }

    @Test
    void needsNeitherLabelsNorPermissionToEndAnInstance() {
        function.with("MAYFLY_REPOSITORIES", "octo-org/*");
        var job = playground.queueJob();
        var instance = function.claimed(job);
        function.takesJob(instance, job);
        function.finishes(instance, job);

        var answer = function.deliver(job, "completed", payload -> {
            payload.withObject("workflow_job").putArray("labels");
            payload.withObject("repository").put("private", false).put("visibility", "public");
        });

        assertThat(answer.field("outcome")).isEqualTo("terminated");
        assertThat(function.live()).isEmpty();
    }

    @Test
    void endsNothingOnAnErrorOfGitHub() {
        var job = playground.queueJob();
        var instance = function.claimed(job);
        function.takesJob(instance, job);
        function.finishes(instance, job);
        playground.github().faults().on("delete-runner").answer(502);

        assertThat(function.deliver(job, "completed").status()).isEqualTo(503);
        assertThat(function.live()).hasSize(1);
    }

    private Map<String, String> tags(EmulatedInstance instance) {
        return playground.aws().instances().find(instance.id()).orElseThrow().tags();
    }
}
