package io.mayfly.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.mayfly.playground.github.EmulatedJob;
import io.mayfly.playground.host.FunctionAnswer;
import io.mayfly.playground.world.Playground;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A process of the function dies at a remote call; the same delivery comes again, and once more where it is answered 503. */
class KillIT {

    private final Function function = Function.inRealTime();
    private final Playground playground = function.playground();

    @AfterEach
    void close() {
        function.close();
    }

    @ParameterizedTest(name = "at {0}, carried out: {1}")
    @CsvSource({
        "GetParameters, false",
        "GetParameters, true",
        "DescribeInstances, false",
        "DescribeInstances, true",
        "token, false",
        "token, true",
        "generate-jitconfig, false",
        "generate-jitconfig, true",
        "RunInstances, false",
        "RunInstances, true"
    })
    void leavesOneInstanceAndOneRegistrationForAQueuedJob(String call, boolean carriedOut) {
        var job = playground.queueJob();
        die(job, "queued", call, carriedOut);

        var answer = redeliver(job, "queued");

        assertThat(answer.field("outcome")).as(answer.toString()).isIn("launched", "already-launched");
        assertThat(function.live()).hasSize(1);
        assertThat(playground.github().runners().registered()).hasSize(1);
        assertThat(playground
                        .github()
                        .runners()
                        .connect(Function.runnerId(function.live().getFirst())))
                .as("the instance's registration is the one that is left")
                .isTrue();
    }

    @ParameterizedTest(name = "at {0}, carried out: {1}")
    @CsvSource({
        "DescribeInstances, false",
        "DescribeInstances, true",
        "token, false",
        "token, true",
        "delete-runner, false",
        "delete-runner, true",
        "TerminateInstances, false",
        "TerminateInstances, true"
    })
    void leavesNothingOfACompletedJob(String call, boolean carriedOut) {
        var job = playground.queueJob();
        var instance = function.launched(job);
        function.takesJob(instance, job);
        function.finishes(instance, job);
        die(job, "completed", call, carriedOut);

        var answer = redeliver(job, "completed");

        assertThat(answer.field("outcome")).as(answer.toString()).isEqualTo("terminated");
        assertThat(function.live()).isEmpty();
        assertThat(playground.github().runners().registered()).isEmpty();
    }

    @ParameterizedTest(name = "at {0}, carried out: {1}")
    @CsvSource({"get-runner, false", "get-runner, true", "delete-runner, false", "TerminateInstances, true"})
    void leavesNothingOfAJobThatWasCancelledWhileQueued(String call, boolean carriedOut) {
        var job = playground.queueJob();
        function.launched(job);
        playground.github().jobs().complete(job.id(), "cancelled");
        die(job, "completed", call, carriedOut);

        redeliver(job, "completed");

        assertThat(function.live()).isEmpty();
        assertThat(playground.github().runners().registered()).isEmpty();
    }

    @ParameterizedTest(name = "at {0}, carried out: {1}")
    @CsvSource({"delete-runner, true", "TerminateInstances, false"})
    void leavesAnInstanceToItselfWhoseRegistrationWasDeletedJustBeforeTheEnd(String call, boolean carriedOut) {
        var job = playground.queueJob();
        var instance = function.launched(job);
        playground.github().jobs().complete(job.id(), "cancelled");
        die(job, "completed", call, carriedOut);

        // 404 proves nothing: the runner may be at work. Without a registration it can't connect, and ends itself.
        assertThat(redeliver(job, "completed").field("outcome")).isEqualTo("ignored");
        assertThat(function.live()).hasSize(1);
        assertThat(playground.github().runners().connect(Function.runnerId(instance)))
                .isFalse();
    }

    private void die(EmulatedJob job, String action, String call, boolean carriedOut) {
        if (carriedOut) {
            function.deliverAndDieAfter(job, action, call);
        } else {
            function.deliverAndDieBefore(job, action, call);
        }
    }

    private FunctionAnswer redeliver(EmulatedJob job, String action) {
        var answer = function.deliver(job, action);
        return answer.status() == 503 ? function.deliver(job, action) : answer;
    }
}
