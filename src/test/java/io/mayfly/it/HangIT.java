package io.mayfly.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.mayfly.playground.world.Playground;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A service accepts a call and never answers: GitHub gets its answer in time all the same. */
class HangIT {

    /** GitHub waits 10 s; the function wants to answer within 9. */
    private static final Duration GITHUB_WAITS = Duration.ofSeconds(10);

    private final Function function = new Function();
    private final Playground playground = function.playground();

    @AfterEach
    void close() {
        function.close();
    }

    @ParameterizedTest(name = "{0} for at most {1} s")
    @CsvSource({"GetParameters, 3", "DescribeInstances, 4", "token, 4", "generate-jitconfig, 4", "RunInstances, 9"})
    void answersAQueuedJobInTime(String call, int seconds) {
        hang(call);
        var job = playground.queueJob();

        var begin = System.nanoTime();
        var answer = function.deliver(job, "queued");
        var took = Duration.ofNanos(System.nanoTime() - begin);

        assertThat(answer.status()).isEqualTo(503);
        assertThat(took).isLessThan(Duration.ofSeconds(seconds)).isLessThan(GITHUB_WAITS);
        assertThat(function.live()).isEmpty();
    }

    @ParameterizedTest(name = "{0} for at most {1} s")
    @CsvSource({"DescribeInstances, 3", "delete-runner, 3", "TerminateInstances, 4"})
    void answersACompletedJobInTime(String call, int seconds) {
        var job = playground.queueJob();
        var instance = function.launched(job);
        function.takesJob(instance, job);
        function.finishes(instance, job);
        hang(call);

        var begin = System.nanoTime();
        var answer = function.deliver(job, "completed");
        var took = Duration.ofNanos(System.nanoTime() - begin);

        assertThat(answer.status()).isEqualTo(503);
        assertThat(took).isLessThan(Duration.ofSeconds(seconds)).isLessThan(GITHUB_WAITS);
    }

    @Test
    void answersInTimeWhenTheLookUpOfACancelledJobsRunnerHangs() {
        var job = playground.queueJob();
        function.launched(job);
        playground.github().jobs().complete(job.id(), "cancelled");
        hang("get-runner");

        var begin = System.nanoTime();
        var answer = function.deliver(job, "completed");

        assertThat(answer.status()).isEqualTo(503);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(4));
        assertThat(function.live()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"get-job", "list-runners"})
    void answersInTimeWhenALookUpHangs(String call) {
        var job = playground.queueJob();
        function.launched(job);
        hang(call);

        var begin = System.nanoTime();
        var answer = function.deliver(
                job,
                "queued",
                payload -> payload.withObject("workflow_job")
                        .put(
                                "created_at",
                                call.equals("get-job")
                                        ? "2026-01-01T00:00:00Z"
                                        : Instant.now().toString()));
        var took = Duration.ofNanos(System.nanoTime() - begin);

        assertThat(answer.status()).isEqualTo(503);
        assertThat(took).isLessThan(Duration.ofSeconds(4));
    }

    private void hang(String call) {
        if (call.equals("GetParameters")) {
            playground.aws().faults().on(call).hang();
            function.start();
        } else {
            function.start();
            playground.aws().faults().on(call).hang();
        }
    }
}
