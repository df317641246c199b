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
        "RunInstances, false",
        "RunInstances, true"
    })
    void leavesOneInstanceForAQueuedJob(String call, boolean carriedOut) {
        var job = playground.queueJob();
        function.deliverAndDie(job, "queued", call, carriedOut);

        var answer = redeliver(job, "queued");

        assertThat(answer.field("outcome")).as(answer.toString()).isIn("launched", "already-launched");
        assertThat(function.live()).hasSize(1);
        assertThat(function.claim(function.live().getFirst()).status()).isEqualTo(200);
    }

    @ParameterizedTest(name = "at {0}, carried out: {1}")
    @CsvSource({
        "GetCallerIdentity, false",
        "GetCallerIdentity, true",
        "DescribeInstances, false",
        "DescribeInstances, true",
        "token, false",
        "token, true",
        "generate-jitconfig, false"
    })
    void givesTheConfigurationToTheNextClaim(String call, boolean carriedOut) {
        var instance = function.launched(playground.queueJob());
        function.claimAndDie(instance, call, carriedOut);

        assertThat(function.claim(instance).status()).isEqualTo(200);
        assertThat(playground.github().runners().registered()).hasSize(1);
    }

    @ParameterizedTest(name = "at {0}, carried out: {1}")
    @CsvSource({
        "get-repository-installation, false",
        "get-repository-installation, true",
        "token, false",
        "token, true",
        "generate-jitconfig, false"
    })
    void givesTheConfigurationToTheNextClaimByAFurtherApp(String call, boolean carriedOut) {
        function.withApp(2);
        var instance = function.launchedFor(2, 2);
        function.claimAndDie(instance, call, carriedOut);

        assertThat(function.claim(instance).status()).isEqualTo(200);
        assertThat(playground.github().runners().registered()).hasSize(1);
    }

    @ParameterizedTest(name = "at {0}, carried out: {1}")
    @CsvSource({"generate-jitconfig, true", "CreateTags, false", "CreateTags, true"})
    void givesNoSecondConfigurationByAFurtherApp(String call, boolean carriedOut) {
        function.withApp(2);
        var instance = function.launchedFor(2, 2);
        function.claimAndDie(instance, call, carriedOut);

        assertThat(function.claim(instance).field("error")).isEqualTo("claimed already");
        assertThat(playground.github().runners().registered()).hasSize(1);
    }

    @ParameterizedTest(name = "at {0}, carried out: {1}")
    @CsvSource({"generate-jitconfig, true", "CreateTags, false", "CreateTags, true"})
    void givesNoSecondConfigurationOnceThereIsOne(String call, boolean carriedOut) {
        var instance = function.launched(playground.queueJob());
        function.claimAndDie(instance, call, carriedOut);

        var answer = function.claim(instance);

        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.field("error")).isEqualTo("claimed already");
        assertThat(playground.github().runners().registered()).hasSize(1);
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
        var instance = function.claimed(job);
        function.takesJob(instance, job);
        function.finishes(instance, job);
        function.deliverAndDie(job, "completed", call, carriedOut);

        var answer = redeliver(job, "completed");

        assertThat(answer.field("outcome")).as(answer.toString()).isEqualTo("terminated");
        assertThat(function.live()).isEmpty();
        assertThat(playground.github().runners().registered()).isEmpty();
    }

    @ParameterizedTest(name = "at {0}, carried out: {1}")
    @CsvSource({"DescribeInstances, false", "DescribeInstances, true", "CreateTags, false", "CreateTags, true"})
    void withdrawsTheInstanceOfAJobThatWasCancelledWhileQueued(String call, boolean carriedOut) {
        var job = playground.queueJob();
        var instance = function.launched(job);
        playground.github().jobs().complete(job.id(), "cancelled");
        function.deliverAndDie(job, "completed", call, carriedOut);

        redeliver(job, "completed");

        assertThat(function.claim(instance).field("error")).isEqualTo("not needed");
        assertThat(playground.github().runners().registered()).isEmpty();
    }

    @ParameterizedTest(name = "at {0}, carried out: {1}")
    @CsvSource({"RunInstances, false", "SendMessage, false", "SendMessage, true"})
    void launchesForAJobWhoseHandOverDied(String call, boolean carriedOut) {
        playground.aws().faults().on("RunInstances").times(2).error("RequestLimitExceeded");
        var job = playground.queueJob();
        function.deliverAndDie(job, "queued", call, carriedOut);

        var answer = function.deliver(job, "queued");

        assertThat(answer.field("outcome")).as(answer.toString()).isIn("handed-over", "launched");
        if (answer.field("outcome").equals("handed-over")) {
            function.invoke(playground.event(function.handedOver()).json());
        }
        assertThat(function.live()).hasSize(1);
    }

    @ParameterizedTest(name = "at {0}, carried out: {1}")
    @CsvSource({
        "ReceiveMessage, false",
        "ReceiveMessage, true",
        "DescribeInstances, false",
        "DescribeInstances, true",
        "RunInstances, false",
        "RunInstances, true"
    })
    void launchesOnceForJobsWhoseConsumerDied(String call, boolean carriedOut) {
        var rule = playground.aws().faults().on("RunInstances").error("RequestLimitExceeded");
        function.deliver(playground.queueJob(), "queued");
        function.deliver(playground.queueJob(), "queued");
        rule.lift();
        var event = playground.event(function.handedOver()).json();
        function.consumeAndDie(event, call, carriedOut);

        assertThat(function.invoke(event).failed()).isFalse();

        assertThat(function.live()).hasSize(2);
        assertThat(function.claim(function.live().getFirst()).status()).isEqualTo(200);
    }

    private FunctionAnswer redeliver(EmulatedJob job, String action) {
        var answer = function.deliver(job, action);
        return answer.status() == 503 ? function.deliver(job, action) : answer;
    }
}
