package io.mayfly.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mayfly.playground.github.EmulatedJob;
import io.mayfly.playground.host.FunctionAnswer;
import io.mayfly.playground.world.Playground;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A service accepts a call and never answers: the call ends at its own limit, and GitHub gets its answer in time. Within the
 * tests' process only that limit is short, so whatever keeps to another one does not come to an end; a process of the
 * function has the limits of production.
 */
class HangIT {

    private static final Duration GITHUB_WAITS = Duration.ofSeconds(10);
    private static final Duration CLAIM = Duration.ofSeconds(20);

    private final Function function = new Function();
    private final Playground playground = function.playground();

    @AfterEach
    void close() {
        function.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"GetParameters", "DescribeInstances", "RunInstances"})
    void answersAQueuedJobInTime(String call) {
        var answer = whileItHangs(call, playground.queueJob(), "queued", payload -> {});

        assertThat(answer.status()).isEqualTo(503);
        assertThat(function.live()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"DescribeInstances", "delete-runner", "TerminateInstances"})
    void answersACompletedJobInTime(String call) {
        var job = playground.queueJob();
        var instance = function.claimed(job);
        function.takesJob(instance, job);
        function.finishes(instance, job);

        assertThat(whileItHangs(call, job, "completed", payload -> {}).status()).isEqualTo(503);
    }

    @ParameterizedTest
    @ValueSource(strings = {"DescribeInstances", "CreateTags"})
    void answersInTimeWhenTheWithdrawalOfACancelledJobsInstanceHangs(String call) {
        var job = playground.queueJob();
        function.launched(job);
        playground.github().jobs().complete(job.id(), "cancelled");

        assertThat(whileItHangs(call, job, "completed", payload -> {}).status()).isEqualTo(503);
        assertThat(function.live()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GetCallerIdentity", "DescribeInstances", "token", "generate-jitconfig", "CreateTags"})
    void answersAClaimInTime(String call) {
        var instance = function.launched(playground.queueJob());
        try (var other = function.withoutPatienceFor(call)) {
            other.start();
            playground.aws().faults().on(call).hang();

            var answer = other.claim(instance);

            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.headers()).containsKey("retry-after");
            assertThat(Duration.between(
                            playground
                                    .log()
                                    .calls("GetCallerIdentity")
                                    .getLast()
                                    .startedAt(),
                            other.now()))
                    .as("from the first call to the answer")
                    .isLessThan(CLAIM);
            assertThat(playground.github().runners().registered()).isEmpty();
        }
    }

    @Test
    void handsOverToTheSweepInTimeWhenTheQueueHangs() {
        playground.aws().faults().on("RunInstances").error("RequestLimitExceeded");

        var answer = whileItHangs("SendMessage", playground.queueJob(), "queued", payload -> {});

        assertThat(answer.status()).isEqualTo(202);
        assertThat(answer.field("to")).isEqualTo("sweep");
        assertThat(answer.field("reason")).endsWith("SQS did not answer SendMessage");
    }

    @Test
    void launchesForWhatWasBroughtWhenTheQueueHangs() {
        var rule = playground.aws().faults().on("RunInstances").error("RequestLimitExceeded");
        function.deliver(playground.queueJob(), "queued");
        rule.lift();
        try (var other = function.withoutPatienceFor("ReceiveMessage")) {
            other.start();
            playground.aws().faults().on("ReceiveMessage").hang();

            other.invoke(playground.event(function.handedOver()).json());

            assertThat(other.live()).hasSize(1);
        }
    }

    private FunctionAnswer whileItHangs(String call, EmulatedJob job, String action, Consumer<ObjectNode> change) {
        try (var other = function.withoutPatienceFor(call)) {
            if (!call.equals("GetParameters")) {
                other.start();
            }
            playground.aws().faults().on(call).hang();
            var answer = other.deliver(job, action, change);
            var asked = playground.log().calls(call).getLast().startedAt();
            assertThat(Duration.between(asked, function.now()))
                    .as("from the call to the answer")
                    .isLessThan(GITHUB_WAITS);
            return answer;
        }
    }
}
