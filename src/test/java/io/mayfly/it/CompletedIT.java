package io.mayfly.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.mayfly.playground.github.Lies;
import io.mayfly.playground.wire.Call;
import io.mayfly.playground.world.Playground;
import java.util.HashMap;
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
        var instance = function.launched(job);
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
        var instance = function.launched(job);
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
        var launchedForFirst = function.launched(first);
        var launchedForSecond = function.launched(second);
        function.takesJob(launchedForSecond, first);
        function.finishes(launchedForSecond, first);

        function.deliver(first, "completed");

        assertThat(function.live()).extracting(instance -> instance.id()).containsExactly(launchedForFirst.id());
    }

    @Test
    void leavesARunnerAloneThatGitHubSaysIsBusy() {
        var job = playground.queueJob();
        var other = playground.queueJob();
        var instance = function.launched(job);
        function.takesJob(instance, other);

        var answer = function.deliver(
                job,
                "completed",
                payload -> payload.withObject("workflow_job")
                        .put("runner_id", Function.runnerId(instance))
                        .put("runner_name", "mayfly-" + job.id() + "-1"));

        assertThat(answer.body()).isEqualTo("{\"outcome\":\"ignored\",\"reason\":\"runner is busy\"}");
        assertThat(function.live()).hasSize(1);
    }

    @Test
    void leavesARunnerOfTheSameNameWithAnotherIdAlone() {
        var job = playground.queueJob();
        function.launched(job);

        var answer = function.deliver(
                job,
                "completed",
                payload -> payload.withObject("workflow_job")
                        .put("runner_id", 999_999)
                        .put("runner_name", "mayfly-" + job.id() + "-1"));

        assertThat(answer.field("outcome")).isEqualTo("ignored");
        assertThat(function.calls()).doesNotContain("delete-runner", "TerminateInstances");
        assertThat(function.live()).hasSize(1);
    }

    @Test
    void leavesARunnerAloneThatIsNamedByAnotherRepository() {
        var job = playground.queueJob();
        var instance = function.launched(job);

        var answer = function.deliver(job, "completed", payload -> {
            payload.withObject("workflow_job")
                    .put("runner_id", Function.runnerId(instance))
                    .put("runner_name", "mayfly-" + job.id() + "-1");
            payload.withObject("repository").put("full_name", "octo-org/another");
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
                        "mayfly:runner", "mayfly-" + job.id() + "-1",
                        "mayfly:runner-id", "77",
                        "mayfly:scope", "repos/octo-org/hello-world",
                        "mayfly:repository", "octo-org/hello-world",
                        "mayfly:job", Long.toString(job.id())));

        function.deliver(
                job,
                "completed",
                payload -> payload.withObject("workflow_job")
                        .put("runner_id", 77)
                        .put("runner_name", "mayfly-" + job.id() + "-1"));
        playground.github().jobs().complete(job.id(), "cancelled");
        function.deliver(job, "completed");

        assertThat(function.live()).extracting(instance -> instance.id()).containsExactly(foreign.id());
    }

    @Test
    void endsTheInstanceOfAJobThatWasCancelledBeforeItsRunnerConnected() {
        var job = playground.queueJob();
        var instance = function.launched(job);
        playground.github().jobs().complete(job.id(), "cancelled");

        var answer = function.deliver(job, "completed");

        assertThat(answer.body()).isEqualTo("{\"outcome\":\"terminated\",\"instanceIds\":[\"" + instance.id() + "\"]}");
        assertThat(playground.github().runners().registered()).isEmpty();
    }

    @Test
    void endsTheOthersWhenEc2NoLongerKnowsOneOfThem() {
        var job = playground.queueJob();
        var first = function.launched(job);
        var runner = playground
                .github()
                .runners()
                .register(
                        "repos/" + Playground.REPOSITORY,
                        "mayfly-" + job.id() + "-1-2",
                        List.of("linux", "mayfly-default-eu-west-1"),
                        1)
                .orElseThrow();
        var tags = new HashMap<>(first.tags());
        tags.put("mayfly:runner", runner.name());
        tags.put("mayfly:runner-id", Long.toString(runner.id()));
        var second = playground.aws().instances().add(tags);
        playground.aws().faults().on("TerminateInstances").times(1).error("InvalidInstanceID.NotFound");
        playground.github().jobs().complete(job.id(), "cancelled");

        var answer = function.deliver(job, "completed");

        assertThat(answer.body()).contains(first.id(), second.id());
        assertThat(function.live()).isEmpty();
        assertThat(playground.log().calls("TerminateInstances")).hasSize(3);
    }

    @ParameterizedTest
    @CsvSource({"team-gpu-01, gpu", "mayfly-1-1, gpu", "team-gpu-01, mayfly-default-eu-west-1"})
    void deregistersNoStrangersRunnerThatATagNames(String name, String label) {
        var job = playground.queueJob();
        var instance = function.launched(job);
        var stranger = playground
                .github()
                .runners()
                .register("repos/" + Playground.REPOSITORY, name, List.of(label), 1)
                .orElseThrow();
        playground
                .aws()
                .instances()
                .tag(List.of(instance.id()), Map.of("mayfly:runner-id", Long.toString(stranger.id())));
        playground.github().jobs().complete(job.id(), "cancelled");

        function.deliver(job, "completed");

        assertThat(function.calls()).doesNotContain("delete-runner");
        assertThat(playground.github().runners().registered()).contains(stranger);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"repos/victim/repo#", "repos/victim/repo?", "repos/../victim", "orgs/..", "repos/a/b/c", ""})
    void asksNothingOfAPathThatATagMakes(String scope) {
        var job = playground.queueJob();
        var instance = function.launched(job);
        playground.aws().instances().tag(List.of(instance.id()), Map.of("mayfly:scope", scope));
        playground.github().jobs().complete(job.id(), "cancelled");
        var before = playground.log().calls().size();

        function.deliver(job, "completed");

        assertThat(playground
                        .log()
                        .calls()
                        .subList(before, playground.log().calls().size()))
                .extracting(Call::name)
                .containsOnly("DescribeInstances");
    }

    @Test
    void endsTheInstanceOfARepositoryThatWasRenamedMeanwhile() {
        var job = playground.queueJob();
        var instance = function.launched(job);
        function.takesJob(instance, job);
        function.finishes(instance, job);
        playground.github().rename(Playground.REPOSITORY, "octo-org/renamed");

        var answer = function.deliver(
                job, "completed", payload -> payload.withObject("repository").put("full_name", "octo-org/renamed"));

        assertThat(answer.body()).contains("terminated", instance.id());
    }

    @Test
    void leavesTheRunnerOfACancelledJobAloneOnceItWasOnline() {
        var job = playground.queueJob();
        var instance = function.launched(job);
        playground.github().runners().connect(Function.runnerId(instance));
        playground.github().jobs().complete(job.id(), "cancelled");

        var answer = function.deliver(job, "completed");

        assertThat(answer.body()).isEqualTo("{\"outcome\":\"ignored\",\"reason\":\"runner may serve another job\"}");
        assertThat(function.live()).hasSize(1);
        assertThat(playground.github().runners().registered()).hasSize(1);
    }

    @Test
    void believesNo204ForACancelledJobWhoseRunnerWorksForAnother() {
        var cancelled = playground.queueJob();
        var other = playground.queueJob();
        var instance = function.launched(cancelled);
        function.takesJob(instance, other);
        playground.github().lies().staleBusy(true);
        playground.github().lies().busyDeletion(Lies.BusyDeletion.ACCEPTED);
        playground.github().jobs().complete(cancelled.id(), "cancelled");

        function.deliver(cancelled, "completed");

        assertThat(function.live()).hasSize(1);
    }

    @Test
    void leavesTheInstanceAloneWhoseRegistrationGitHubDoesNotShow() {
        var job = playground.queueJob();
        var instance = function.launched(job);
        playground.github().runners().deregister(Function.runnerId(instance));
        playground.github().jobs().complete(job.id(), "cancelled");

        var answer = function.deliver(job, "completed");

        assertThat(answer.field("outcome")).isEqualTo("ignored");
        assertThat(function.live()).hasSize(1);
    }

    @Test
    void hasNothingToEndForACancelledJobWithoutInstance() {
        var job = playground.queueJob();
        playground.github().jobs().complete(job.id(), "cancelled");

        assertThat(function.deliver(job, "completed").body())
                .isEqualTo("{\"outcome\":\"terminated\",\"instanceIds\":[]}");
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
        var instance = function.launched(job);
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
        var instance = function.launched(job);
        function.takesJob(instance, job);
        function.finishes(instance, job);
        playground.github().faults().on("delete-runner").answer(502);

        assertThat(function.deliver(job, "completed").status()).isEqualTo(503);
        assertThat(function.live()).hasSize(1);
    }
}
