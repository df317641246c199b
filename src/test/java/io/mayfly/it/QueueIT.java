package io.mayfly.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mayfly.playground.aws.EmulatedQueue.Message;
import io.mayfly.playground.github.EmulatedJob;
import io.mayfly.playground.host.QueueEvent;
import io.mayfly.playground.world.Playground;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Jobs whose launch EC2 throttles: handed over to the queue, and launched for together by its consumer. */
class QueueIT {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final int MOST_OF_A_MESSAGE = 4096;

    private final Function function = new Function();
    private final Playground playground = function.playground();

    @AfterEach
    void close() {
        function.close();
    }

    @Test
    void handsOverAJobWhoseLaunchEc2Throttles() {
        throttle(1);
        var job = playground.queueJob();
        function.start();
        playground.log().clear();

        var answer = function.deliver(job, "queued");

        assertThat(answer.status()).isEqualTo(202);
        assertThat(answer.body()).isEqualTo("{\"outcome\":\"handed-over\",\"to\":\"queue\"}");
        assertThat(function.calls()).containsSubsequence("RunInstances", "SendMessage");
        assertThat(function.log()).contains("handed over to=queue pool=linux-x64");
        var message = function.handedOver().getFirst().body();
        assertThat(message).hasSizeLessThan(MOST_OF_A_MESSAGE).contains(Long.toString(job.id()));
    }

    @Test
    void asksEc2ForNothingFor5Seconds() {
        throttle(1);
        function.deliver(playground.queueJob(), "queued");
        playground.log().clear();

        assertThat(function.deliver(playground.queueJob(), "queued").body())
                .isEqualTo("{\"outcome\":\"handed-over\",\"to\":\"queue\"}");
        assertThat(function.calls()).containsExactly("SendMessage");
    }

    @Test
    void handsOverToTheSweepWhereThereIsNoQueue() {
        function.without("MAYFLY_QUEUE_URL");
        throttle(1);

        var answer = function.deliver(playground.queueJob(), "queued");

        assertThat(answer.status()).isEqualTo(202);
        assertThat(answer.body())
                .isEqualTo("{\"outcome\":\"handed-over\",\"to\":\"sweep\",\"reason\":\"EC2 throttles launches\"}");
        assertThat(function.calls()).doesNotContain("SendMessage");
    }

    @ParameterizedTest
    @CsvSource({
        "ServiceUnavailable, 503, SQS refused SendMessage: ServiceUnavailable",
        "RequestThrottled, 400, SQS refused SendMessage: RequestThrottled",
    })
    void handsOverToTheSweepWhereTheQueueDoesNotTakeIt(String code, int status, String why) {
        playground.aws().faults().on("SendMessage").error(code, status);
        throttle(1);

        var answer = function.deliver(playground.queueJob(), "queued");

        assertThat(answer.status()).isEqualTo(202);
        assertThat(answer.field("to")).isEqualTo("sweep");
        assertThat(answer.field("reason"))
                .startsWith("EC2 throttles launches, and the queue does not take the job: " + why);
    }

    @Test
    void saysWhichPermissionTheQueueNeeds() {
        playground.aws().faults().on("SendMessage").error("AccessDeniedException", 400);
        throttle(1);

        var answer = function.deliver(playground.queueJob(), "queued");

        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.field("error"))
                .startsWith(
                        "MAYFLY_QUEUE_URL: SQS refused SendMessage, for the function's role needs sqs:SendMessage: AccessDeniedException");
    }

    @ParameterizedTest
    @ValueSource(strings = {"burst", "http://sqs.eu-west-1.amazonaws.com/123456789012/burst", "https://sqs.x/1/y"})
    void namesTheKeyOfAUrlThatIsNone(String url) {
        function.with("MAYFLY_QUEUE_URL", url);
        throttle(1);

        var answer = function.deliver(playground.queueJob(), "queued");

        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.field("error")).startsWith("MAYFLY_QUEUE_URL: is no URL of a queue");
    }

    @Test
    void handsNoOldJobToTheQueue() {
        throttle(1);
        function.deliver(playground.queueJob(), "queued");
        playground.log().clear();

        var answer = function.deliver(
                playground.queueJob(),
                "queued",
                event -> event.withObject("workflow_job")
                        .put(
                                "created_at",
                                function.now()
                                        .minusSeconds(27)
                                        .truncatedTo(ChronoUnit.SECONDS)
                                        .toString()));

        assertThat(answer.field("to")).isEqualTo("sweep");
        assertThat(answer.field("reason")).isEqualTo("the job is over 25 s old");
        assertThat(function.calls()).isEmpty();
    }

    @Test
    void launchesForAllOfAPoolByOneCall() {
        var jobs = handOver(playground.github().jobs().queueMatrix(Playground.REPOSITORY, Playground.LABELS, 9));

        consume(function.handedOver());

        assertThat(function.calls().stream().filter("RunInstances"::equals)).hasSize(1);
        var launch = playground.log().calls("RunInstances").getLast();
        assertThat(launch.parameters()).containsEntry("MinCount", "1").containsEntry("MaxCount", "9");
        assertThat(function.live())
                .hasSize(9)
                .allSatisfy(instance -> assertThat(instance.tags())
                        .containsEntry(
                                "mayfly:job", Long.toString(jobs.getFirst().id()))
                        .containsEntry(
                                "mayfly:run", Long.toString(jobs.getFirst().runId())));
        assertThat(function.claim(function.live().getFirst()).status()).isEqualTo(200);
    }

    @Test
    void takesWhatElseIsInTheQueue() {
        playground.maxRunners(100);
        handOver(jobs(25));
        var brought = function.handedOver();
        assertThat(brought).hasSize(10);

        consume(brought);

        assertThat(function.live()).hasSize(25);
        assertThat(playground.log().calls("RunInstances").getLast().parameters())
                .containsEntry("MaxCount", "25");
        assertThat(function.log()).contains("consumed messages=25 dropped=0");
    }

    @Test
    void launchesForWhatTheEventBroughtWhereTheQueueDoesNotAnswer() {
        handOver(jobs(12));
        playground.aws().faults().on("ReceiveMessage").error("ServiceUnavailable", 503);

        consume(function.handedOver());

        assertThat(function.live()).hasSize(10);
        assertThat(function.log()).contains("queue not drained why=SQS refused ReceiveMessage");
    }

    @Test
    void launchesForEachScopeByItself() {
        playground.github().repositories().add("octo-org/other", true);
        handOver(List.of(
                playground.queueJob(),
                playground.queueJob(),
                playground.github().jobs().queue("octo-org/other", Playground.LABELS)));

        consume(function.handedOver());

        assertThat(function.live().stream().map(instance -> instance.tags().get("mayfly:scope")))
                .containsExactlyInAnyOrder(
                        "repos/octo-org/hello-world", "repos/octo-org/hello-world", "repos/octo-org/other");
        assertThat(function.calls().stream().filter("RunInstances"::equals)).hasSize(2);
    }

    @Test
    void launchesOnceForWhatTheQueueRepeats() {
        handOver(jobs(3));
        var messages = function.handedOver();
        var twice = new ArrayList<>(messages);
        twice.addAll(messages);

        consume(twice);
        consume(messages);

        assertThat(function.live()).hasSize(3);
        assertThat(function.log()).contains("consumed messages=6 dropped=3", "consumed messages=3 dropped=3");
    }

    @Test
    void launchesOnceForWhatTheQueueRepeatsElsewhere() {
        handOver(jobs(3));
        var messages = function.handedOver();
        consume(messages);

        try (var other = function.another()) {
            other.invoke(playground.event(messages).json());
        }

        assertThat(function.live()).hasSize(3);
    }

    @Test
    void leavesToTheSweepWhatOthersHaveLaunchedInTheNameOfTheOldest() {
        handOver(jobs(3));
        var messages = function.handedOver();
        playground.aws().instances().lag(Duration.ofMinutes(1));
        consume(messages);

        try (var other = function.another()) {
            other.invoke(playground.event(messages.subList(0, 2)).json());
            assertThat(other.log()).contains("already launched jobs=2 pool=linux-x64");
        }

        assertThat(function.live()).hasSize(3);
    }

    /** Within the tests' process, for the count of the pool's instances has to grow old. */
    @Test
    void launchesForNoJobThatItsWebhookHasLaunchedFor() {
        try (var own = Function.within();
                var other = own.another()) {
            var job = own.playground().queueJob();
            own.playground().aws().faults().on("RunInstances").times(1).error("RequestLimitExceeded");
            own.deliver(job, "queued");
            var message = own.handedOver();
            other.deliver(job, "queued");
            own.pass(Duration.ofSeconds(11));

            own.invoke(own.playground().event(message).json());

            assertThat(own.live()).hasSize(1);
        }
    }

    @Test
    void dropsJobsThatAreTooOld() {
        handOver(jobs(2));
        var messages = function.handedOver();
        var old = new QueueEvent(playground.queue().arn(Playground.REGION));
        messages.forEach(message -> old.message(
                message.body().replaceFirst("\"createdAt\":\"[^\"]*\"", "\"createdAt\":\"2026-01-01T00:00:00Z\""),
                message.sentAt()));

        assertThat(function.invoke(old.json()).failed()).isFalse();

        assertThat(function.live()).isEmpty();
        assertThat(function.log()).contains("message dropped job=", "why=the job is over 25 s old");
    }

    @Test
    void dropsJobsOfTheFuture() {
        handOver(jobs(1));
        var message = function.handedOver().getFirst();

        function.invoke(new QueueEvent(playground.queue().arn(Playground.REGION))
                .message(
                        message.body()
                                .replaceFirst("\"createdAt\":\"[^\"]*\"", "\"createdAt\":\"9999-01-01T00:00:00Z\""),
                        message.sentAt())
                .json());

        assertThat(function.live()).isEmpty();
    }

    static Stream<String> malformed() {
        var whole = "{\"job\":1,\"createdAt\":\"2026-01-01T00:00:00Z\",\"pool\":\"linux-x64\",\"installation\":1,"
                + "\"repository\":{\"id\":1,\"name\":\"a/b\",\"private\":true}}";
        return Stream.of(
                "",
                "null",
                "[]",
                "{}",
                "<html>",
                whole + " {}",
                whole.replace("\"job\":1", "\"job\":\"1\""),
                whole.replace("\"job\":1", "\"job\":-1"),
                whole.replace("a/b", "a/b/c"),
                whole.replace("a/b", "../x"),
                whole.replace("\"private\":true", "\"private\":1"),
                whole.replace("\"installation\":1", "\"installation\":0"),
                whole.replace("2026-01-01T00:00:00Z", "today"),
                whole.replace("}}", "},\"organization\":{\"id\":1,\"login\":\"a/b\"}}"),
                whole.replace("linux-x64", "x".repeat(MOST_OF_A_MESSAGE)));
    }

    @ParameterizedTest
    @MethodSource("malformed")
    void dropsWhatIsNoMessageOfOursAndLaunchesForTheOthers(String body) {
        handOver(jobs(1));
        var message = function.handedOver().getFirst();

        var result = function.invoke(new QueueEvent(playground.queue().arn(Playground.REGION))
                .message(body, function.now())
                .message(message.body(), message.sentAt())
                .json());

        assertThat(result.failed()).isFalse();
        assertThat(function.live()).hasSize(1);
        assertThat(function.log()).contains("message dropped why=");
    }

    @Test
    void dropsAllWhilePaused() {
        handOver(jobs(2));
        function.with("MAYFLY_PAUSED", "true").kill();
        var messages = function.handedOver();
        playground.log().clear();

        assertThat(consume(messages)).isFalse();

        assertThat(function.live()).isEmpty();
        assertThat(function.calls()).doesNotContain("ReceiveMessage", "RunInstances");
        assertThat(function.log()).contains("messages dropped number=2 why=paused");
    }

    @ParameterizedTest
    @CsvSource({
        "MAYFLY_REPOSITORIES, octo-org/else, REPOSITORY_NOT_ALLOWED",
        "MAYFLY_POOLS, '[{\"name\":\"x\",\"labels\":[\"x\"],\"ami\":\"ami-1\",\"instanceTypes\":[\"c7i.large\"],\"subnets\":[\"subnet-1\"],\"securityGroups\":[\"sg-1\"]}]', its pool is gone",
    })
    void dropsWhatIsNotServedAnyMore(String variable, String value, String why) {
        handOver(jobs(1));
        function.with(variable, value).kill();

        consume(function.handedOver());

        assertThat(function.live()).isEmpty();
        assertThat(function.log()).contains("message dropped job=");
    }

    @Test
    void dropsTheJobsOfARunThatIsOver() {
        var jobs = handOver(playground.github().jobs().queueMatrix(Playground.REPOSITORY, Playground.LABELS, 10));
        jobs.forEach(job -> playground.github().jobs().complete(job.id(), "cancelled"));

        consume(function.handedOver());

        assertThat(function.live()).isEmpty();
        assertThat(playground.log().calls("get-run")).hasSize(1);
        assertThat(function.log())
                .contains("messages dropped run=" + jobs.getFirst().runId());
    }

    @Test
    void asksGitHubForNothingWhereThereAreFewJobsOfARun() {
        var jobs = handOver(playground.github().jobs().queueMatrix(Playground.REPOSITORY, Playground.LABELS, 9));
        jobs.forEach(job -> playground.github().jobs().complete(job.id(), "cancelled"));

        consume(function.handedOver());

        assertThat(function.live()).hasSize(9);
        assertThat(function.calls()).doesNotContain("get-run", "list-deliveries");
    }

    @Test
    void launchesWhereGitHubDoesNotSayWhetherTheRunIsOver() {
        handOver(playground.github().jobs().queueMatrix(Playground.REPOSITORY, Playground.LABELS, 10));
        playground.github().faults().on("get-run").answer(502);

        consume(function.handedOver());

        assertThat(function.live()).hasSize(10);
    }

    @Test
    void launchesForTheJobsOfALargeRunWhoseWebhooksLambdaHasRefused() {
        var jobs = playground.github().jobs().queueMatrix(Playground.REPOSITORY, Playground.LABELS, 13);
        handOver(jobs.subList(0, 10));
        refuse(jobs.subList(10, 13), 429);

        consume(function.handedOver());

        assertThat(function.live()).hasSize(13);
        assertThat(playground.log().calls("RunInstances").getLast().parameters())
                .containsEntry("MaxCount", "3")
                .containsValue(Long.toString(jobs.getFirst().id()));
        assertThat(function.log()).contains("refused=3 missing=3 pool=linux-x64");
    }

    @Test
    void launchesOnceForRefusedWebhooksWhoeverFindsThem() {
        playground.maxRunners(100);
        var jobs = playground.github().jobs().queueMatrix(Playground.REPOSITORY, Playground.LABELS, 24);
        handOver(jobs.subList(0, 20));
        refuse(jobs.subList(22, 24), 429);
        var messages = function.handedOver();
        var rest = function.handedOver();
        consume(messages);
        refuse(jobs.subList(20, 22), 429);

        try (var other = function.another()) {
            other.invoke(playground.event(rest).json());
            assertThat(other.log()).contains("already launched jobs=4 pool=linux-x64");
        }

        assertThat(function.live()).hasSize(22);
    }

    @Test
    void launchesForTheShareOfThePoolAlone() {
        var labels = List.of("self-hosted", "linux", "elsewhere");
        var jobs = playground.github().jobs().queueMatrix(Playground.REPOSITORY, Playground.LABELS, 10);
        IntStream.range(0, 10)
                .mapToObj(n -> EmulatedJob.queued(90_000L + n, Playground.REPOSITORY, labels, function.now())
                        .inRun(jobs.getFirst().runId(), 1))
                .forEach(playground.github().jobs()::queue);
        handOver(jobs);
        refuse(List.of(playground.queueJob(), playground.queueJob(), playground.queueJob()), 429);

        consume(function.handedOver());

        assertThat(function.live()).hasSize(12);
    }

    @ParameterizedTest
    @CsvSource({
        "workflow_job, queued, octo-org/hello-world, 502",
        "workflow_job, completed, octo-org/hello-world, 429",
        "workflow_run, queued, octo-org/hello-world, 429",
        "workflow_job, queued, octo-org/other, 429",
    })
    void launchesForNoOtherDeliveryThatWasNotAnsweredWell(String event, String action, String repository, int status) {
        playground.github().repositories().add("octo-org/other", true);
        var refused = playground.github().jobs().queue(repository, Playground.LABELS);
        playground
                .github()
                .deliveries()
                .record(
                        "refused",
                        event,
                        action,
                        playground.github().event(refused, "queued", Playground.INSTALLATION),
                        status);
        handOver(playground.github().jobs().queueMatrix(Playground.REPOSITORY, Playground.LABELS, 10));

        consume(function.handedOver());

        assertThat(function.live()).hasSize(10);
    }

    @ParameterizedTest
    @ValueSource(strings = {"list-deliveries", "list-run-jobs"})
    void leavesRefusedWebhooksToTheSweepWhereGitHubDoesNotAnswer(String call) {
        var jobs = playground.github().jobs().queueMatrix(Playground.REPOSITORY, Playground.LABELS, 13);
        handOver(jobs.subList(0, 10));
        refuse(jobs.subList(10, 13), 429);
        playground.github().faults().on(call).answer(502);

        consume(function.handedOver());

        assertThat(function.live()).hasSize(10);
        assertThat(function.log()).contains("refused webhooks not known run=");
    }

    /** Lambda takes no more invocations, and answers in the function's place. */
    private void refuse(List<EmulatedJob> jobs, int status) {
        for (var job : jobs) {
            playground
                    .github()
                    .deliveries()
                    .record(
                            "refused " + job.id(),
                            "workflow_job",
                            "queued",
                            playground.github().event(job, "queued", Playground.INSTALLATION),
                            status);
        }
    }

    @Test
    void asksEc2AgainWhereItThrottlesTheConsumerToo() {
        handOver(jobs(2));
        throttle(2);

        consume(function.handedOver());

        assertThat(function.live()).hasSize(2);
    }

    @Test
    void launchesNoMoreThanThePoolHasRoomFor() {
        playground.maxRunners(2);
        handOver(jobs(3));

        consume(function.handedOver());

        assertThat(function.live()).hasSize(2);
        assertThat(function.log()).contains("left to the sweep jobs=1 pool=linux-x64 why=pool linux-x64 is full");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "arn:aws:sqs:eu-west-1:123456789012:else",
                "arn:aws:sqs:eu-west-1:210987654321:" + Playground.QUEUE,
                "arn:aws:sqs:us-east-1:123456789012:" + Playground.QUEUE,
                "arn:aws:sns:eu-west-1:123456789012:" + Playground.QUEUE,
            })
    void takesNothingFromOtherQueues(String arn) {
        handOver(jobs(1));
        var message = function.handedOver().getFirst();

        var result = function.invoke(
                new QueueEvent(arn).message(message.body(), message.sentAt()).json());

        assertThat(result.failed()).isTrue();
        assertThat(result.text()).contains("the event is neither HTTP-shaped nor of our queue");
        assertThat(function.live()).isEmpty();
    }

    @Test
    void takesNothingWhereThereIsNoQueue() {
        handOver(jobs(1));
        function.without("MAYFLY_QUEUE_URL").kill();

        assertThat(consume(function.handedOver())).isTrue();

        assertThat(function.live()).isEmpty();
    }

    @Test
    void countsWhatItTakesAndWhatItLaunches() {
        handOver(jobs(3));
        var twice = new ArrayList<>(function.handedOver());
        twice.add(twice.getFirst());

        consume(twice);

        var lines = metrics();
        var webhooks = lines.stream().filter(line -> is(line, "webhook")).toList();
        assertThat(webhooks).extracting(line -> line.path("Reason").asText()).containsOnly("to-queue");
        assertThat(webhooks.getFirst().path("SqsCalls").asInt()).isEqualTo(1);
        var launch =
                lines.stream().filter(line -> is(line, "launch")).findFirst().orElseThrow();
        assertThat(launch.path("BatchSize").asInt()).isEqualTo(3);
        assertThat(launch.path("Outcome").asText()).isEqualTo("launched");
        var queue = lines.stream().filter(line -> is(line, "queue")).findFirst().orElseThrow();
        assertThat(queue.path("QueueMessages").asInt()).isEqualTo(4);
        assertThat(queue.path("QueueMessagesDropped").asInt()).isEqualTo(1);
        assertThat(queue.path("Launches").asInt()).isEqualTo(3);
        assertThat(queue.path("Calls").path("ReceiveMessage").path("Count").asInt())
                .isEqualTo(1);
    }

    private List<EmulatedJob> jobs(int number) {
        return IntStream.range(0, number).mapToObj(any -> playground.queueJob()).toList();
    }

    /** EC2 throttles so many launches. */
    private void throttle(int launches) {
        playground.aws().faults().on("RunInstances").times(launches).error("RequestLimitExceeded");
    }

    /** Their webhooks come while EC2 throttles launches. */
    private List<EmulatedJob> handOver(List<EmulatedJob> jobs) {
        var rule = playground.aws().faults().on("RunInstances").error("RequestLimitExceeded");
        for (var job : jobs) {
            var answer = function.deliver(job, "queued");
            assertThat(answer.field("to")).as(answer.toString()).isEqualTo("queue");
        }
        rule.lift();
        playground.log().clear();
        return jobs;
    }

    /** Whether the event is a function error. */
    private boolean consume(List<Message> messages) {
        return function.invoke(playground.event(messages).json()).failed();
    }

    private List<JsonNode> metrics() {
        return function.log()
                .lines()
                .filter(line -> line.contains("\"CloudWatchMetrics\""))
                .map(line -> {
                    try {
                        return MAPPER.readTree(line);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                })
                .toList();
    }

    private static boolean is(JsonNode line, String event) {
        return line.path("Event").asText().equals(event);
    }
}
