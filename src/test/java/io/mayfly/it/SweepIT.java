package io.mayfly.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mayfly.playground.aws.Capacity.Choice;
import io.mayfly.playground.aws.EmulatedInstance;
import io.mayfly.playground.github.EmulatedJob;
import io.mayfly.playground.github.EmulatedRunner;
import io.mayfly.playground.host.FunctionUrlEvent;
import io.mayfly.playground.host.RuntimeApi;
import io.mayfly.playground.wire.Call;
import io.mayfly.playground.wire.Fault;
import io.mayfly.playground.world.Playground;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The sweep as EventBridge Scheduler invokes it. What takes longer than a test is in the simulation. */
class SweepIT {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Function function = new Function();
    private final Playground playground = function.playground();
    private long lastJob = 40_000_000_000L;

    @AfterEach
    void close() {
        function.close();
    }

    @Test
    void findsNothingToDo() {
        assertThat(sweep())
                .hasToString("{\"complete\":true,\"redelivered\":[],\"launched\":[],\"withdrawn\":[],\"terminated\":[],"
                        + "\"deregistered\":[],\"skipped\":[],\"errors\":[]}");
    }

    @Test
    void isNotThereForWhoComesThroughTheFunctionUrl() {
        function.start();
        var before = function.calls().size();

        var answer = function.send(new FunctionUrlEvent("POST", "/internal/sweep", new byte[0]));

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.headers()).containsEntry("content-type", "application/json");
        assertThat(function.calls()).hasSize(before);
    }

    @Test
    void launchesForAJobWhoseWebhookNeverCame() {
        var job = queuedSince(Duration.ofMinutes(2));

        var report = sweep();

        assertThat(function.live()).hasSize(1);
        var instance = function.live().getFirst();
        assertThat(report.path("launched"))
                .hasToString("[{\"pool\":\"linux-x64\",\"scope\":\"repos/octo-org/hello-world\",\"count\":1,"
                        + "\"instanceIds\":[\"" + instance.id() + "\"]}]");
        assertThat(report.path("complete").asBoolean()).isTrue();
        assertThat(instance.tags())
                .containsEntry("mayfly:job", Long.toString(job.id()))
                .containsEntry("mayfly:run", Long.toString(job.runId()))
                .containsEntry("mayfly:scope-id", "482742958")
                .containsEntry("mayfly:repository", Playground.REPOSITORY)
                .containsEntry("mayfly:installation", Long.toString(Playground.INSTALLATION));
    }

    @Test
    void launchesNothingTwice() {
        queuedSince(Duration.ofMinutes(2));
        sweep();

        assertThat(sweep().path("launched")).isEmpty();
        assertThat(function.live()).hasSize(1);
    }

    @Test
    void leavesAJobToItsWebhookFor45Seconds() {
        var young = queuedSince(Duration.ofSeconds(43));
        assertThat(launched(sweep())).isEmpty();

        playground.github().jobs().complete(young.id(), "cancelled");
        var older = queuedSince(Duration.ofSeconds(47));
        assertThat(jobs(sweep())).containsExactly(older.id());
    }

    @Test
    void takesAJobsAgeFromTheBeginningOfItsLook() {
        try (var slow = Function.within()) {
            slow.playground()
                    .github()
                    .jobs()
                    .queue(EmulatedJob.queued(
                            ++lastJob,
                            Playground.REPOSITORY,
                            Playground.LABELS,
                            slow.now().minusSeconds(40)));
            slow.playground().github().faults().hook(call -> {
                slow.pass(Duration.ofSeconds(2));
                return Fault.PROCEED;
            });

            assertThat(launched(report(slow.invoke(FunctionUrlEvent.sweep(slow.now())))))
                    .isEmpty();
            assertThat(slow.playground().log().count("list-run-jobs")).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @CsvSource({"-60, 100, false", "-60, 110, true", "60, 5, true", "0, 40, false"})
    void takesAJobsAgeByTheClockOfGitHub(int ahead, int age, boolean launches) {
        queuedSince(Duration.ofSeconds(age));
        playground.github().clockIsAhead(Duration.ofSeconds(ahead));

        assertThat(launched(sweep())).hasSize(launches ? 1 : 0);
    }

    @Test
    void launchesForSomeThatWaitLongEnoughAndCountsTheYoungOnesToo() {
        function.launched(queuedSince(Duration.ofSeconds(5)));
        var old = queuedSince(Duration.ofMinutes(2));
        queuedSince(Duration.ofMinutes(1));

        assertThat(launched(sweep())).as("three wait, one has an instance").hasSize(2);
        assertThat(function.live()).hasSize(3);
        assertThat(function.live().getLast().tags()).containsEntry("mayfly:job", Long.toString(old.id()));
    }

    @Test
    void launchesAMatrixByOneCallInTheNameOfItsOldestJob() {
        function.withPool(pool -> pool.put("maxRunners", 1000));
        var first = queuedSince(Duration.ofMinutes(3));
        for (var number = 0; number < 39; number++) {
            queuedIn(first, Duration.ofMinutes(2));
        }

        var report = sweep();

        assertThat(launched(report)).hasSize(40);
        assertThat(playground.log().calls("RunInstances"))
                .singleElement()
                .satisfies(call -> assertThat(call.parameters())
                        .containsEntry("MinCount", "1")
                        .containsEntry("MaxCount", "40"));
        assertThat(function.live())
                .hasSize(40)
                .allSatisfy(instance -> assertThat(instance.tags())
                        .containsEntry("mayfly:job", Long.toString(first.id()))
                        .containsEntry("mayfly:run", Long.toString(first.runId())));
    }

    @Test
    void namesNoRunWhereABatchIsOfSeveral() {
        queuedSince(Duration.ofMinutes(3));
        queuedSince(Duration.ofMinutes(2));

        assertThat(launched(sweep())).hasSize(2);
        assertThat(function.live())
                .allSatisfy(instance -> assertThat(instance.tags()).doesNotContainKey("mayfly:run"));
    }

    @Test
    void dealsChunksOverTheChoicesOfAMarket() {
        matrix(120);

        assertThat(launched(sweep())).hasSize(120);
        assertThat(playground.log().calls("RunInstances"))
                .extracting(call -> call.parameters().get("MaxCount"))
                .containsExactly("50", "50", "20");
        assertThat(choices()).doesNotHaveDuplicates().allMatch(choice -> choice.endsWith(" spot"));
    }

    @Test
    void asksEachChunkOfAMinuteOnceWhateverItsSize() {
        matrix(60);
        playground.aws().instances().lag(Duration.ofHours(1));
        var scheduled = function.now();
        sweep(FunctionUrlEvent.sweep(scheduled));
        var tokens = tokens();
        playground.log().clear();

        sweep(FunctionUrlEvent.sweep(scheduled));
        assertThat(tokens).hasSize(2).doesNotHaveDuplicates();
        assertThat(tokens()).as("the same minute").isEqualTo(tokens);
    }

    @Test
    void launchesByTheNextChoiceWhatOneHasNoRoomFor() {
        matrix(30);
        playground.aws().capacity().room(Choice.ANY.onMarket("spot"), 12);

        assertThat(launched(sweep())).hasSize(30);
        assertThat(function.live())
                .filteredOn(instance -> instance.market().equals("spot"))
                .hasSize(12);
    }

    @Test
    void saysHowManyItLaunchedWhereThereIsNoRoomForMore() {
        matrix(30);
        playground.aws().capacity().room(Choice.ANY, 12);

        var report = sweep();

        assertThat(launched(report)).hasSize(12);
        assertThat(report.path("complete").asBoolean()).isFalse();
        assertThat(report.path("skipped").toString()).contains("no capacity in the choices of pool linux-x64");
        assertThat(launched(sweep())).as("the rest waits for room").isEmpty();
    }

    @Test
    void halvesABatchThatALimitOfTheAccountIsTooSmallFor() {
        matrix(40);
        playground.aws().capacity().quota(Choice.ANY.onMarket("spot"), "MaxSpotInstanceCountExceeded", 11);
        playground.aws().capacity().refuse(Choice.ANY.onMarket("on-demand"), "VcpuLimitExceeded");

        assertThat(launched(sweep())).hasSize(10);
        assertThat(playground.log().calls("RunInstances"))
                .extracting(call -> call.parameters().get("MaxCount"))
                .startsWith("40", "20", "10", "30", "15");
    }

    @Test
    void leavesOutWhatAnotherSweepOfTheMinuteHasLaunched() {
        matrix(60);
        playground.aws().instances().lag(Duration.ofHours(1));
        var scheduled = function.now();
        assertThat(launched(sweep(FunctionUrlEvent.sweep(scheduled)))).hasSize(60);
        queuedSince(Duration.ofMinutes(1));

        try (var other = function.another()) {
            var report = report(other.invoke(FunctionUrlEvent.sweep(scheduled)));

            assertThat(launched(report)).isEmpty();
            assertThat(report.path("skipped").toString()).contains("another sweep of this minute has launched");
        }
        assertThat(function.live()).hasSize(60);
    }

    @ParameterizedTest
    @ValueSource(strings = {"20", "59", "none", "<aws.scheduler.scheduled-time>", "-600"})
    void launchesNothingMoreInTheMinuteWhereItIsLateOrUndated(String late) {
        queuedSince(Duration.ofMinutes(2));
        assertThat(launched(sweep())).hasSize(1);
        queuedSince(Duration.ofMinutes(2));

        var report = sweep(lateBy(late));

        assertThat(launched(report)).isEmpty();
        assertThat(report.path("skipped").toString()).contains("the sweep is late, and something was launched since");
    }

    @ParameterizedTest
    @ValueSource(strings = {"20", "120", "none", "yesterday"})
    void launchesWhereNothingWasLaunchedInTheMinuteThoughItIsLateOrUndated(String late) {
        queuedSince(Duration.ofMinutes(2));

        assertThat(launched(sweep(lateBy(late)))).hasSize(1);
    }

    @Test
    void cleansThoughItIsLate() {
        var old = playground.aws().instances().add(tags(1, 7), ago(Duration.ofMinutes(12 * 60 + 16)));

        assertThat(sweep(lateBy("58")).path("terminated").toString()).isEqualTo("[\"" + old.id() + "\"]");
    }

    @Test
    void launchesNothingAtTheEndOfItsMinuteForTheNextSweepWouldNotSeeIt() {
        queuedSince(Duration.ofMinutes(2));

        var report = sweep(lateBy("55"));

        assertThat(launched(report)).isEmpty();
        assertThat(report.path("skipped").toString()).contains("out of time");
    }

    @ParameterizedTest
    @ValueSource(ints = {202, 503, 500, 408, 429, 401, 0})
    void looksFirstWhereADeliveryHasLeftAJobToIt(int status) {
        for (var number = 0; number < 199; number++) {
            playground.github().repositories().add("octo-org/repo-" + number, true);
        }
        var job = playground
                .github()
                .jobs()
                .queue(EmulatedJob.queued(
                        ++lastJob, "octo-org/repo-190", Playground.LABELS, ago(Duration.ofSeconds(60))));
        for (var number = 0; number < 199; number++) {
            var other = EmulatedJob.queued(
                    number + 1, "octo-org/repo-" + number, Playground.LABELS, ago(Duration.ofSeconds(60)));
            record(
                    "guid-" + number,
                    other,
                    "queued",
                    number == 190 ? status : 201,
                    Duration.ofSeconds(number < 191 ? 58 : 30));
        }

        assertThat(jobs(sweep())).containsExactly(job.id());
    }

    @Test
    void redeliversNoQueued() {
        var job = queuedSince(Duration.ofSeconds(40));
        record("guid-1", job, "queued", 503, Duration.ofSeconds(38));
        record("guid-2", job, "in_progress", 503, Duration.ofSeconds(38));

        assertThat(sweep().path("redelivered")).isEmpty();
    }

    @Test
    void asksGitHubForNoLaunchByItself() {
        queuedSince(Duration.ofMinutes(2));
        queuedSince(Duration.ofMinutes(2));

        assertThat(launched(sweep())).hasSize(2);
        assertThat(function.calls()).doesNotContain("get-job", "generate-jitconfig");
    }

    @Test
    void findsQueuedJobsInRunsOfWhichOtherJobsAreInProgress() {
        var working = queuedSince(Duration.ofMinutes(3));
        var instance = function.claimed(working);
        function.takesJob(instance, working);
        var waiting = playground
                .github()
                .jobs()
                .queue(EmulatedJob.queued(
                                ++lastJob, Playground.REPOSITORY, Playground.LABELS, ago(Duration.ofMinutes(3)))
                        .inRun(working.runId(), 1));

        assertThat(jobs(sweep())).containsExactly(waiting.id());
    }

    @Test
    void countsRunnersThatIdleOrBootAndLaunchesTheDifference() {
        var idle = function.claimed(playground.queueJob());
        playground.github().runners().connect(Function.runnerId(idle));
        playground
                .github()
                .jobs()
                .all()
                .forEach(job -> playground.github().jobs().complete(job.id(), "cancelled"));
        var first = queuedSince(Duration.ofMinutes(5));
        queuedSince(Duration.ofMinutes(4));
        queuedSince(Duration.ofMinutes(3));

        var report = sweep();

        assertThat(launched(report)).hasSize(2);
        assertThat(jobs(report)).containsOnly(first.id());
    }

    @Test
    void replacesARunnerThatAnotherJobHasTaken() {
        var job = queuedSince(Duration.ofMinutes(2));
        var thief = queuedSince(Duration.ofMinutes(2));
        var instance = function.claimed(job);
        function.takesJob(instance, thief);

        var report = sweep();

        assertThat(jobs(report)).containsExactly(job.id());
        assertThat(function.live())
                .hasSize(2)
                .allSatisfy(live -> assertThat(live.tags()).containsEntry("mayfly:job", Long.toString(job.id())));
    }

    @Test
    void countsAnInstanceThatHasTimeToClaimItsRunner() {
        function.launched(queuedSince(Duration.ofMinutes(3)));

        assertThat(sweep().path("launched")).isEmpty();
    }

    @Test
    void countsAnUnclaimedInstanceNoLongerThanItMayClaim() {
        var job = queuedSince(Duration.ofMinutes(30));
        playground.aws().instances().add(unclaimed(job.id()), ago(Duration.ofSeconds(601)));

        assertThat(jobs(sweep())).containsExactly(job.id());
    }

    @Test
    void countsNoInstanceThatWasWithdrawn() {
        var job = queuedSince(Duration.ofMinutes(3));
        withdraw(function.launched(job), Duration.ofSeconds(5), "1");

        assertThat(jobs(sweep())).containsExactly(job.id());
    }

    @ParameterizedTest
    @CsvSource({
        "Client.InternalError: Client error on launch, KMS key",
        "Client.VolumeLimitExceeded: Volume limit exceeded, Service Quotas",
        "Server.InsufficientInstanceCapacity: Insufficient capacity, add instance types",
        "Server.SpotInstanceTermination: Spot Instance termination, AWS took the spot instance back"
    })
    void saysForWhatReasonEc2EndedAnInstanceBeforeItsRunnerCame(String reason, String meaning) {
        var died = function.claimed(queuedSince(Duration.ofMinutes(3)));
        playground.aws().instances().end(died.id(), reason);

        sweep();

        assertThat(function.log()).contains("instance ended before its runner came online", "ended=" + reason, meaning);
    }

    @Test
    void replacesAnInstanceThatDiedAtBootAndSaysWhatItsConsoleSaid() {
        var job = queuedSince(Duration.ofMinutes(3));
        var died = function.claimed(job);
        playground.aws().instances().console(died.id(), "mayfly: powering off: download failed\n");
        playground.aws().instances().shutdown(died.id());

        var report = sweep();

        assertThat(jobs(report)).containsExactly(job.id());
        assertThat(function.live()).singleElement().isNotEqualTo(died);
        assertThat(report.path("deregistered").toString()).isEqualTo("[\"mayfly-" + died.id() + "\"]");
        assertThat(function.log())
                .contains("instance ended before its runner came online", "download failed", "/job/" + job.id());
    }

    @Test
    void replacesAnInstanceThatEndedBeforeItClaimedItsRunner() {
        var job = queuedSince(Duration.ofMinutes(3));
        var died = function.launched(job);
        playground.aws().instances().shutdown(died.id());

        assertThat(jobs(sweep())).containsExactly(job.id());
        assertThat(function.live()).hasSize(1);
    }

    @Test
    void launchesOneAtATimeWhereTheLastThreeInstancesDidNotClaim() {
        for (var number = 0; number < 10; number++) {
            queuedSince(Duration.ofMinutes(20));
        }
        failed(Duration.ofMinutes(12));
        failed(Duration.ofMinutes(8));
        var last = failed(Duration.ofMinutes(4));
        playground.aws().instances().console(last.id(), "claim: no route to host\n");

        var report = sweep();

        assertThat(launched(report)).hasSize(1);
        assertThat(function.log())
                .contains(
                        "instances do not claim their runners pool=linux-x64 scope=repos/octo-org/hello-world failed=3",
                        last.id(),
                        "no route to host",
                        "cure=see the console: MAYFLY_URL");
        assertThat(sweep().path("launched")).as("while the one is under way").isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"3, 30, 61", "4, 90, 121", "5, 210, 241", "6, 450, 481", "8, 1770, 1801", "12, 1770, 1801"})
    void waitsLongerWithEachInstanceThatDoesNotClaim(int failures, long before, long after) {
        queuedSince(Duration.ofMinutes(50));
        for (var number = 1; number < failures; number++) {
            failed(Duration.ofSeconds(after + number));
        }
        var last = failed(Duration.ofSeconds(before));
        assertThat(sweep().path("launched")).isEmpty();

        playground.aws().instances().keep(0);
        for (var number = 0; number < failures; number++) {
            failed(Duration.ofSeconds(after + number));
        }
        assertThat(sweep().path("launched")).as("after " + last).hasSize(1);
    }

    @Test
    void costsAFewInstancesAnHourWhereNoneEverClaims() {
        try (var hour = Function.within()) {
            var first = hour.playground()
                    .github()
                    .jobs()
                    .queue(EmulatedJob.queued(++lastJob, Playground.REPOSITORY, Playground.LABELS, hour.now()));
            for (var number = 0; number < 60; number++) {
                hour.playground()
                        .github()
                        .jobs()
                        .queue(EmulatedJob.queued(++lastJob, Playground.REPOSITORY, Playground.LABELS, hour.now())
                                .inRun(first.runId(), 1));
            }
            var instances = hour.playground().aws().instances();
            for (var number = 0; number < 3; number++) {
                instances.shutdown(instances
                        .add(unclaimed(++lastJob), hour.now().minusSeconds(90))
                        .id());
            }
            for (var minute = 0; minute < 60; minute++) {
                hour.pass(Duration.ofMinutes(1));
                instances.live().stream()
                        .filter(instance ->
                                instance.launchedAt().isBefore(hour.now().minus(Duration.ofMinutes(10))))
                        .forEach(instance -> instances.shutdown(instance.id()));
                hour.invoke(FunctionUrlEvent.sweep(hour.now()));
            }

            assertThat(instances.all()).as("the three included").hasSizeBetween(6, 8);
        }
    }

    @Test
    void takesTheBrakeOffWhenOneClaims() {
        for (var number = 0; number < 3; number++) {
            queuedSince(Duration.ofMinutes(20));
            failed(Duration.ofMinutes(10 + number));
        }
        var claimed = playground.aws().instances().add(tags(1, 7), ago(Duration.ofMinutes(5)));
        playground.aws().instances().shutdown(claimed.id());

        assertThat(launched(sweep())).hasSize(3);
    }

    @Test
    void takesNoInstanceThatWasWithdrawnForAJobForOneThatDoesNotClaim() {
        for (var number = 0; number < 3; number++) {
            queuedSince(Duration.ofMinutes(20));
            withdraw(failed(Duration.ofMinutes(10 + number)), Duration.ofMinutes(11), "4711");
        }

        assertThat(launched(sweep())).hasSize(3);
    }

    @Test
    void holdsBackAWebhookToo() {
        for (var number = 0; number < 3; number++) {
            failed(Duration.ofMinutes(10 + number));
        }

        var answer = function.deliver(playground.queueJob(), "queued");

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.field("reason")).contains("pool linux-x64", "did not claim their runners");
        assertThat(function.live()).isEmpty();
    }

    @Test
    void goesOnWithAJobInWhoseNameOneBatchWasLaunched() {
        var job = queuedSince(Duration.ofMinutes(30));
        for (var number = 1; number <= 30; number++) {
            var instance = playground.aws().instances().add(tags(job.id(), 900 + number), ago(Duration.ofMinutes(4)));
            playground.aws().instances().terminate(instance.id());
        }

        assertThat(launched(sweep())).hasSize(1);
    }

    @Test
    void givesUpOnAJobForWhichInstancesWereLaunchedThreeTimes() {
        var job = queuedSince(Duration.ofMinutes(30));
        for (var launch = 1; launch <= 3; launch++) {
            var instance = playground
                    .aws()
                    .instances()
                    .add(tags(job.id(), 900 + launch), ago(Duration.ofMinutes(4L * launch)));
            playground.aws().instances().terminate(instance.id());
        }

        var report = sweep();

        assertThat(report.path("launched")).isEmpty();
        assertThat(report.at("/skipped/0/what").asText()).isEqualTo("job " + job.id());
        assertThat(function.log()).contains("job waits job=" + job.id(), "/job/" + job.id());
    }

    @ParameterizedTest
    @CsvSource({"MAYFLY_PAUSED, true", "MAYFLY_REPOSITORIES, octo-org/another"})
    void launchesNothingThatIsNotServed(String variable, String value) {
        function.with(variable, value);
        queuedSince(Duration.ofMinutes(5));

        var report = sweep();

        assertThat(report.path("launched")).isEmpty();
        assertThat(report.path("errors")).isEmpty();
        assertThat(function.live()).isEmpty();
    }

    @Test
    void cleansWhilePaused() {
        function.with("MAYFLY_PAUSED", "true");
        queuedSince(Duration.ofMinutes(5));
        var old = playground.aws().instances().add(tags(1, 7), ago(Duration.ofMinutes(12 * 60 + 16)));
        record("lost", playground.queueJob(), "completed", 503, Duration.ofMinutes(3));

        var report = sweep();

        assertThat(report.path("terminated").toString()).isEqualTo("[\"" + old.id() + "\"]");
        assertThat(report.path("redelivered").toString()).isEqualTo("[\"lost\"]");
        assertThat(report.path("launched")).isEmpty();
    }

    @Test
    void launchesNothingForAPublicRepository() {
        playground.github().repositories().add("octo-org/open", false);
        playground
                .github()
                .jobs()
                .queue(EmulatedJob.queued(++lastJob, "octo-org/open", Playground.LABELS, ago(Duration.ofMinutes(5))));

        assertThat(sweep().path("launched")).isEmpty();
    }

    @Test
    void launchesForAnOrganization() {
        function.withPool(pool -> pool.put("scope", "organization"));
        queuedSince(Duration.ofMinutes(5));

        assertThat(launched(sweep())).hasSize(1);
        assertThat(function.live().getFirst().tags()).containsEntry("mayfly:scope", "orgs/octo-org");
    }

    @Test
    void saysWhyAJobCannotStartAndHowToCureIt() {
        playground.aws().faults().on("RunInstances").error("InvalidAMIID.NotFound", 400);
        var job = queuedSince(Duration.ofMinutes(5));

        var report = sweep();

        assertThat(report.path("complete").asBoolean()).isFalse();
        assertThat(report.at("/errors/0").asText()).contains("ami ami-0123456789abcdef0");
        assertThat(function.log()).contains("jobs wait pool=linux-x64", "/job/" + job.id(), "cure=");
    }

    @Test
    void asksAgainWhereEc2ThrottlesLaunches() {
        for (var number = 0; number < 7; number++) {
            var repository = "octo-org/repo-" + number;
            playground.github().repositories().add(repository, true);
            playground
                    .github()
                    .jobs()
                    .queue(EmulatedJob.queued(++lastJob, repository, Playground.LABELS, ago(Duration.ofMinutes(5))));
        }
        playground.aws().throttling().on();

        var report = sweep();

        assertThat(launched(report)).as(report.toString()).hasSize(7);
        assertThat(calls("RunInstances")).isLessThanOrEqualTo(20);
    }

    @Test
    void leavesTheRestToTheNextSweepWhereEc2GoesOnThrottling() {
        queuedSince(Duration.ofMinutes(5));
        playground.aws().faults().on("RunInstances").error("RequestLimitExceeded");

        var report = sweep();

        assertThat(calls("RunInstances")).isEqualTo(8);
        assertThat(report.path("complete").asBoolean()).isFalse();
        assertThat(report.path("errors")).isEmpty();
        assertThat(report.path("skipped").toString()).contains("EC2 throttles launches");
    }

    @Test
    void countsThePoolAnewBeforeEachBatch() {
        function.withPool(pool -> pool.put("maxRunners", 5));
        for (var number = 0; number < 3; number++) {
            var repository = "octo-org/repo-" + number;
            playground.github().repositories().add(repository, true);
            for (var job = 0; job < 3; job++) {
                playground
                        .github()
                        .jobs()
                        .queue(EmulatedJob.queued(
                                ++lastJob, repository, Playground.LABELS, ago(Duration.ofMinutes(5))));
            }
        }

        var report = sweep();

        assertThat(launched(report)).hasSize(5);
        assertThat(report.path("skipped").toString()).contains("pool linux-x64 is full (maxRunners 5)");
    }

    @Test
    void redeliversWhatGotNoGoodAnswerButNotWhatWasRefusedOrCameThroughLater() {
        var job = playground.queueJob();
        var since = Duration.ofMinutes(2);
        record("succeeded-later", job, "completed", 500, since);
        record("succeeded-later", job, "completed", 200, since);
        record("wrong-signature", job, "completed", 401, since);
        record("unknown-event", job, "completed", 400, since);
        record("throttled", job, "completed", 429, since);
        record("failed", job, "completed", 502, since);
        record("too-young", job, "completed", 503, Duration.ofSeconds(5));

        var report = sweep();

        assertThat(report.path("redelivered").toString()).isEqualTo("[\"wrong-signature\",\"throttled\",\"failed\"]");
        assertThat(playground.github().deliveries().redelivered()).hasSize(3);
    }

    @Test
    void redeliversThreeTimesAndThenNoMore() {
        var job = playground.queueJob();
        record("guid-1", job, "completed", 503, Duration.ofMinutes(50));
        record("guid-1", job, "completed", 503, Duration.ofMinutes(49));
        record("guid-1", job, "completed", 503, Duration.ofMinutes(40));
        record("guid-2", job, "completed", 503, Duration.ofMinutes(37));
        record("guid-2", job, "completed", 503, Duration.ofMinutes(36));
        record("guid-2", job, "completed", 503, Duration.ofMinutes(28));
        record("guid-1", job, "completed", 503, Duration.ofMinutes(20));

        assertThat(sweep().path("redelivered").toString()).isEqualTo("[\"guid-2\"]");
    }

    @Test
    void goesOnWhenADeliveryIsNoLongerInTheLog() {
        var job = playground.queueJob();
        record("gone", job, "completed", 503, Duration.ofMinutes(3));
        record("there", job, "completed", 503, Duration.ofMinutes(2));
        playground.github().faults().on("redeliver").times(1).answer(404);

        var report = sweep();

        assertThat(report.path("redelivered").toString()).isEqualTo("[\"there\"]");
        assertThat(report.at("/errors/0").asText())
                .startsWith("delivery gone: GitHub refused POST /app/hook/deliveries/");
        assertThat(report.path("complete").asBoolean()).isFalse();
    }

    @Test
    void redeliversThirtyInOneSweep() {
        var job = playground.queueJob();
        for (var number = 0; number < 40; number++) {
            record("guid-" + number, job, "completed", 503, Duration.ofMinutes(3));
        }

        var report = sweep();

        assertThat(report.path("redelivered")).hasSize(30);
        assertThat(report.path("complete").asBoolean()).isFalse();
    }

    @Test
    void endsAnInstanceWhoseRunnerNeverCameOnlineAndShowsItsConsole() {
        var job = queuedSince(Duration.ofMinutes(30));
        var old = registered(job.id(), Duration.ofMinutes(16));
        playground.aws().instances().console(old.id(), "booting\n\u001b[31mno route to github.com\u001b[0m\n");

        var report = sweep();

        assertThat(report.path("terminated").toString()).isEqualTo("[\"" + old.id() + "\"]");
        assertThat(playground.github().runners().registered())
                .extracting(EmulatedRunner::name)
                .doesNotContain("mayfly-" + old.id());
        assertThat(function.log()).contains("no route to github.com", "/job/" + job.id());
    }

    @Test
    void withdrawsAnInstanceThatHasNotClaimedInItsTimeAndEndsItAMinuteLater() {
        var job = queuedSince(Duration.ofMinutes(30));
        var old = playground.aws().instances().add(unclaimed(job.id()), ago(Duration.ofMinutes(16)));
        playground.aws().instances().console(old.id(), "claim: connection refused\n");

        var first = sweep();

        assertThat(first.path("withdrawn").toString()).isEqualTo("[\"" + old.id() + "\"]");
        assertThat(first.path("terminated")).isEmpty();
        assertThat(tags(old).get("mayfly:withdrawn")).matches("[0-9]{10} -");

        withdraw(old, Duration.ofSeconds(30), "-");
        assertThat(sweep().path("terminated")).isEmpty();

        withdraw(old, Duration.ofSeconds(61), "-");
        assertThat(sweep().path("terminated").toString()).isEqualTo("[\"" + old.id() + "\"]");
        assertThat(function.log()).contains("instance never claimed its runner", "connection refused");
    }

    @Test
    void endsTheWithdrawnInstanceOfACancelledJob() {
        var old = playground.aws().instances().add(unclaimed(1), ago(Duration.ofMinutes(3)));
        withdraw(old, Duration.ofSeconds(90), "1");

        assertThat(sweep().path("terminated").toString()).isEqualTo("[\"" + old.id() + "\"]");
    }

    @Test
    void endsNoWithdrawnInstanceWhoseRunnerGitHubKnows() {
        var old = playground.aws().instances().add(unclaimed(1), ago(Duration.ofMinutes(3)));
        withdraw(old, Duration.ofSeconds(90), "1");
        register("mayfly-" + old.id());

        var report = sweep();

        assertThat(report.path("terminated")).isEmpty();
        assertThat(report.path("skipped").toString())
                .contains("it was withdrawn, and GitHub knows a runner of its name");
    }

    @Test
    void endsWhatWasWithdrawnByOneCallAndOneListOfRunners() {
        for (var number = 1; number <= 20; number++) {
            var one = playground.aws().instances().add(unclaimed(number), ago(Duration.ofMinutes(3)));
            withdraw(one, Duration.ofSeconds(90), Integer.toString(number));
        }

        var report = sweep();

        assertThat(report.path("terminated")).hasSize(20);
        assertThat(calls("TerminateInstances")).isEqualTo(1);
        assertThat(calls("list-runners")).isEqualTo(1);
    }

    @Test
    void endsTheOthersWhereEc2DoesNotKnowOneOfThose() {
        var here = playground.aws().instances().add(unclaimed(1), ago(Duration.ofMinutes(3)));
        var gone = playground.aws().instances().add(unclaimed(2), ago(Duration.ofMinutes(3)));
        List.of(here, gone).forEach(one -> withdraw(one, Duration.ofSeconds(90), "1"));
        playground.aws().faults().on("TerminateInstances").times(1).error("InvalidInstanceID.NotFound", 400);

        assertThat(sweep().path("terminated")).hasSize(2);
    }

    @Test
    void withdrawsTheNewestOfThoseThatNoJobNeedsAtTheSecondLook() {
        queuedSince(Duration.ofMinutes(2));
        var oldest = playground.aws().instances().add(unclaimed(1), ago(Duration.ofSeconds(100)));
        var second = playground.aws().instances().add(unclaimed(2), ago(Duration.ofSeconds(90)));
        var newest = playground.aws().instances().add(unclaimed(2), ago(Duration.ofSeconds(80)));

        var first = sweep();

        assertThat(first.path("withdrawn")).isEmpty();
        assertThat(tags(oldest)).doesNotContainKey("mayfly:suspect");
        assertThat(List.of(second, newest))
                .allSatisfy(one -> assertThat(tags(one).get("mayfly:suspect")).matches("surplus [0-9]{10}"));
        assertThat(calls("CreateTags")).isEqualTo(1);

        List.of(second, newest).forEach(one -> surplus(one, Duration.ofSeconds(55)));
        var report = sweep();

        assertThat(report.path("withdrawn")).hasSize(2);
        assertThat(List.of(second, newest))
                .allSatisfy(one -> assertThat(tags(one).get("mayfly:withdrawn")).endsWith(" 2"));
        assertThat(tags(oldest)).doesNotContainKey("mayfly:withdrawn");
        assertThat(calls("CreateTags")).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 40, 330, 4000, -600})
    void withdrawsNothingByALookThatIsTooNearOrTooOldOrToCome(int seconds) {
        var one = playground.aws().instances().add(unclaimed(1), ago(Duration.ofSeconds(100)));
        surplus(one, Duration.ofSeconds(seconds));

        assertThat(sweep().path("withdrawn")).isEmpty();
        assertThat(playground.aws().instances().find(one.id()).orElseThrow().tags())
                .doesNotContainKey("mayfly:withdrawn");
    }

    @ParameterizedTest
    @ValueSource(strings = {"surplus", "surplus x", "surplus 99999999999", "surplus -1", "1764500000"})
    void takesNoTagForALookThatIsNone(String suspect) {
        var one = playground.aws().instances().add(unclaimed(1), ago(Duration.ofSeconds(100)));
        playground.aws().instances().tag(List.of(one.id()), Map.of("mayfly:suspect", suspect));

        assertThat(sweep().path("withdrawn")).isEmpty();
    }

    @Test
    void withdrawsNoneForWhichAJobWaitsByThen() {
        var one = playground.aws().instances().add(unclaimed(1), ago(Duration.ofSeconds(100)));
        surplus(one, Duration.ofSeconds(60));
        queuedSince(Duration.ofSeconds(20));

        assertThat(sweep().path("withdrawn")).isEmpty();
    }

    @Test
    void withdrawsNoneOfARepositoryWhoseJobsWereNotSeenWhole() {
        var one = playground.aws().instances().add(unclaimed(1), ago(Duration.ofSeconds(100)));
        surplus(one, Duration.ofSeconds(60));
        playground.github().faults().on("list-runs").error("down", 500);

        assertThat(sweep().path("withdrawn")).isEmpty();
    }

    @Test
    void endsNoInstanceThatClaimedBeforeItWasWithdrawn() {
        var claimed = registered(1, Duration.ofMinutes(3));
        withdraw(claimed, Duration.ofSeconds(90), "1");

        assertThat(sweep().path("terminated")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "1 ", "- -", "99999999999 1", "1764500000"})
    void doesNotBelieveAMarkThatIsNone(String mark) {
        var young = playground.aws().instances().add(unclaimed(1), ago(Duration.ofMinutes(3)));
        playground.aws().instances().tag(List.of(young.id()), Map.of("mayfly:withdrawn", mark));

        assertThat(sweep().path("terminated")).isEmpty();
    }

    @Test
    void leavesAnInstanceAloneThatHasTimeLeftToComeUp() {
        registered(1, Duration.ofMinutes(14));
        playground.aws().instances().add(unclaimed(2), ago(Duration.ofMinutes(14)));

        var report = sweep();

        assertThat(report.path("terminated")).isEmpty();
        assertThat(report.path("withdrawn")).isEmpty();
    }

    @Test
    void suspectsAnIdleInstanceAtTheFirstLookAndEndsItAtTheSecond() {
        var first = registered(1, Duration.ofMinutes(21));
        playground.github().runners().connect(Function.runnerId(first));

        assertThat(sweep().path("terminated")).isEmpty();
        assertThat(tags(first)).containsKey("mayfly:suspect");

        var second = registered(2, Duration.ofMinutes(30));
        playground.github().runners().connect(Function.runnerId(second));
        suspect(second, Duration.ofMinutes(6));

        assertThat(sweep().path("terminated").toString()).isEqualTo("[\"" + second.id() + "\"]");
    }

    @Test
    void clearsASuspicionWhenTheRunnerWorks() {
        var job = playground.queueJob();
        var working = registered(1, Duration.ofHours(2));
        playground.github().runners().connect(Function.runnerId(working));
        playground.github().jobs().assign(job.id(), Function.runnerId(working));
        suspect(working, Duration.ofMinutes(6));
        playground.github().lies().staleBusy(true);

        assertThat(sweep().path("terminated")).isEmpty();
        assertThat(tags(working)).containsEntry("mayfly:suspect", "");
    }

    @Test
    void endsWhatIsOlderThanItsHardLimitWhateverGitHubSays() {
        playground.github().faults().on("list-runners").error("down", 500);
        var old = playground.aws().instances().add(tags(1, 7), ago(Duration.ofMinutes(12 * 60 + 16)));

        assertThat(sweep().path("terminated").toString()).isEqualTo("[\"" + old.id() + "\"]");
    }

    @Test
    void touchesNoInstanceOfAnotherDeployment() {
        var tags = new HashMap<>(tags(1, 7));
        tags.put("mayfly:deployment", "blue");
        playground.aws().instances().add(tags, ago(Duration.ofDays(2)));

        assertThat(sweep().path("terminated")).isEmpty();
    }

    @Test
    void deletesARegistrationWithoutAnInstanceAfterASecondLook() {
        queuedSince(Duration.ofSeconds(10));
        register("mayfly-i-0fedcba9876543210");
        var theirs = playground
                .github()
                .runners()
                .register("repos/" + Playground.REPOSITORY, "theirs", List.of("self-hosted", "mayfly-blue"), 1)
                .orElseThrow();
        var begun = function.now();

        var report = sweep();

        assertThat(report.path("deregistered").toString()).isEqualTo("[\"mayfly-i-0fedcba9876543210\"]");
        assertThat(Duration.between(begun, function.now())).isGreaterThan(Duration.ofSeconds(29));
        assertThat(playground.github().runners().registered())
                .extracting(EmulatedRunner::name)
                .containsExactly(theirs.name());
    }

    @Test
    void spendsNoMoreThan60CallsToGitHub() {
        for (var number = 0; number < 60; number++) {
            var repository = "octo-org/repo-" + number;
            playground.github().repositories().add(repository, true);
            var tags = new HashMap<>(tags(number, number + 1));
            tags.put("mayfly:repository", repository);
            tags.put("mayfly:scope", "repos/" + repository);
            playground.aws().instances().add(tags);
        }

        var report = sweep();

        assertThat(playground.log().calls().stream()
                        .filter(call -> call.service().equals("github")))
                .hasSizeLessThanOrEqualTo(60);
        assertThat(report.path("complete").asBoolean()).isFalse();
    }

    @Test
    void spendsNoMoreThanAQuarterOfWhatGitHubLeaves() {
        playground.github().rateLimit().remaining(41);
        for (var number = 0; number < 10; number++) {
            playground.github().repositories().add("octo-org/repo-" + number, true);
        }

        sweep();

        assertThat(playground.log().calls().stream()
                        .filter(call -> call.service().equals("github")))
                .hasSizeLessThanOrEqualTo(11);
    }

    @Test
    void saysThatThereAreMoreRunsThanCalls() {
        for (var number = 0; number < 70; number++) {
            queuedSince(Duration.ofMinutes(70).minusSeconds(number));
        }

        var report = sweep();

        assertThat(report.path("launched")).isNotEmpty();
        assertThat(report.path("complete").asBoolean()).isFalse();
        assertThat(report.path("skipped").toString()).contains("more runs than there are calls for");
    }

    @ParameterizedTest
    @ValueSource(strings = {"waiting", "pending", "requested", "held"})
    void findsALostJobInARunOfAnyState(String state) {
        var job = queuedSince(Duration.ofMinutes(5));
        playground.github().runs().showAs(job.runId(), state);

        assertThat(jobs(sweep())).containsExactly(job.id());
    }

    @Test
    void looksOnWhereAnInstallationIsAnEnterprises() {
        playground
                .github()
                .oddEntries()
                .add("list-installations", Map.of("id", 7, "account", Map.of("slug", "acme-corp")));
        var job = queuedSince(Duration.ofMinutes(5));

        var report = sweep();

        assertThat(jobs(report)).containsExactly(job.id());
        assertThat(report.path("errors")).isEmpty();
    }

    @Test
    void leavesTheRegistrationsOfADeploymentOfTheSameNameInAnotherRegion() {
        playground
                .github()
                .runners()
                .register(
                        "repos/" + Playground.REPOSITORY,
                        "mayfly-i-0fedcba9876543210",
                        List.of("linux", "mayfly-default-us-east-1"),
                        1);

        assertThat(sweep().path("deregistered")).isEmpty();
        assertThat(playground.github().runners().registered()).hasSize(1);
    }

    @Test
    void leavesAnInstanceItsOwnLimitsWhenThePoolsAreLowered() {
        function.withPool(pool -> pool.putObject("timeouts").put("max", "10m"));
        var instance = registered(1, Duration.ofHours(1));
        playground.github().runners().connect(Function.runnerId(instance));
        playground.aws().instances().tag(List.of(instance.id()), Map.of("mayfly:timeouts", "600/7200/43200"));

        assertThat(sweep().path("terminated")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1/1", "0/1/1", "-1/600/600", "x", "9999999/1/1", "600/600/600/600", ""})
    void takesThePoolsLimitsWhereATagHasNone(String tag) {
        var instance = registered(1, Duration.ofMinutes(9));
        playground.github().runners().connect(Function.runnerId(instance));
        playground.aws().instances().tag(List.of(instance.id()), Map.of("mayfly:timeouts", tag));

        var report = sweep();

        assertThat(report.path("terminated")).isEmpty();
        assertThat(report.path("errors")).isEmpty();
    }

    @Test
    void goesOnWithTheOtherPoolsWhereOneIsSetUpWrongly() {
        playground.parameter(
                "pools",
                playground
                        .aws()
                        .parameters()
                        .find("/mayfly/playground/pools")
                        .orElseThrow()
                        .replaceFirst("\\[", "[{\"name\":\"wrong\",\"labels\":[\"gpu\"],\"colour\":1},"));
        var job = queuedSince(Duration.ofMinutes(5));

        var report = sweep();

        assertThat(jobs(report)).containsExactly(job.id());
        assertThat(report.path("errors").toString()).contains("pools[0].colour is not a known key");
        assertThat(report.path("complete").asBoolean()).isFalse();
    }

    @Test
    void failsWhenNothingCouldBeChecked() {
        playground.github().faults().on("list-deliveries").error("down", 500);
        playground.github().faults().on("list-installations").error("down", 500);
        playground.aws().faults().on("DescribeInstances").error("InternalError", 500);

        var result = invoke();

        assertThat(result.failed()).isTrue();
        assertThat(result.text()).contains("/internal/sweep was answered 503");
    }

    @Test
    void goesOnWithoutWhatFails() {
        playground.github().faults().on("list-deliveries").error("down", 500);
        queuedSince(Duration.ofMinutes(5));

        var report = sweep();

        assertThat(launched(report)).hasSize(1);
        assertThat(report.path("complete").asBoolean()).isFalse();
        assertThat(report.at("/errors/0").asText()).startsWith("deliveries: GitHub failed on GET /app/hook/deliveries");
    }

    @Test
    void readsALargeDeploymentByPagesThatItCanReadInTime() {
        for (var i = 0; i < 401; i++) {
            playground.aws().instances().add(Map.of("mayfly:deployment", "default"));
        }

        sweep();

        assertThat(playground.log().calls("DescribeInstances"))
                .hasSize(3)
                .allSatisfy(call -> assertThat(call.parameters()).containsEntry("MaxResults", "200"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "DescribeInstances",
                "list-installations",
                "list-installation-repositories",
                "list-deliveries",
                "list-runs",
                "list-run-jobs",
                "list-runners"
            })
    void waitsForAListLongerThanAnEventCould(String list) {
        playground.queueJob();
        try (var other = function.withPatienceForLists()) {
            other.start();
            playground.aws().faults().on(list).delay(Patience.LONGER_THAN_AN_EVENT_WAITS);

            var report = report(other.invoke(byTheScheduler()));

            assertThat(function.calls()).contains(list);
            assertThat(report.path("errors")).as(report.toString()).isEmpty();
            assertThat(report.path("complete").asBoolean()).isTrue();
        }
    }

    private static List<String> launched(JsonNode report) {
        var ids = new ArrayList<String>();
        report.path("launched").forEach(launch -> {
            assertThat(launch.path("count").asInt())
                    .isEqualTo(launch.path("instanceIds").size());
            launch.path("instanceIds").forEach(id -> ids.add(id.asText()));
        });
        return ids;
    }

    /** In whose names it has launched. */
    private List<Long> jobs(JsonNode report) {
        return launched(report).stream()
                .map(id -> playground.aws().instances().find(id).orElseThrow().tags())
                .map(tags -> Long.parseLong(tags.get("mayfly:job")))
                .toList();
    }

    private List<String> tokens() {
        return playground.log().calls("RunInstances").stream()
                .map(call -> call.parameters().get("ClientToken"))
                .toList();
    }

    private List<String> choices() {
        return playground.log().calls("RunInstances").stream()
                .map(call -> call.parameters().get("InstanceType") + " "
                        + call.parameters().get("SubnetId") + " "
                        + call.parameters().getOrDefault("InstanceMarketOptions.MarketType", "on-demand"))
                .toList();
    }

    private FunctionUrlEvent lateBy(String seconds) {
        return switch (seconds) {
            case "none" -> byTheScheduler().without("x-mayfly-scheduled");
            case "yesterday", "<aws.scheduler.scheduled-time>" ->
                byTheScheduler().header("x-mayfly-scheduled", seconds);
            default -> FunctionUrlEvent.sweep(ago(Duration.ofSeconds(Long.parseLong(seconds))));
        };
    }

    private RuntimeApi.Result invoke() {
        return function.invoke(byTheScheduler());
    }

    private FunctionUrlEvent byTheScheduler() {
        return FunctionUrlEvent.sweep(function.now());
    }

    private JsonNode sweep() {
        return report(invoke());
    }

    private JsonNode sweep(FunctionUrlEvent event) {
        return report(function.invoke(event));
    }

    private static JsonNode report(RuntimeApi.Result result) {
        assertThat(result.failed()).as(result.text()).isFalse();
        try {
            var answer = MAPPER.readTree(result.text());
            assertThat(answer.path("statusCode").asInt()).as(result.text()).isEqualTo(200);
            return MAPPER.readTree(answer.path("body").asText());
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private EmulatedJob queuedSince(Duration age) {
        return playground
                .github()
                .jobs()
                .queue(EmulatedJob.queued(++lastJob, Playground.REPOSITORY, Playground.LABELS, ago(age)));
    }

    private void queuedIn(EmulatedJob first, Duration age) {
        playground
                .github()
                .jobs()
                .queue(EmulatedJob.queued(++lastJob, Playground.REPOSITORY, Playground.LABELS, ago(age))
                        .inRun(first.runId(), 1));
    }

    /** So many jobs of one run, in a pool that has room for them. */
    private void matrix(int jobs) {
        function.withPool(pool -> pool.put("maxRunners", 1000));
        var first = queuedSince(Duration.ofMinutes(3));
        for (var number = 1; number < jobs; number++) {
            queuedIn(first, Duration.ofMinutes(3));
        }
    }

    private EmulatedRunner register(String name) {
        return playground
                .github()
                .runners()
                .register(
                        "repos/" + Playground.REPOSITORY,
                        name,
                        List.of("self-hosted", "linux", "x64", "mayfly-default-eu-west-1"),
                        1)
                .orElseThrow();
    }

    /** An instance that has claimed its runner, which is not online yet. */
    private EmulatedInstance registered(long job, Duration age) {
        var instance = playground.aws().instances().add(unclaimed(job), ago(age));
        var runner = register("mayfly-" + instance.id());
        playground
                .aws()
                .instances()
                .tag(List.of(instance.id()), Map.of("mayfly:runner-id", Long.toString(runner.id())));
        return playground.aws().instances().find(instance.id()).orElseThrow();
    }

    /** An instance that has ended without having claimed. */
    private EmulatedInstance failed(Duration age) {
        var instance = playground.aws().instances().add(unclaimed(++lastJob), ago(age));
        playground.aws().instances().shutdown(instance.id());
        return instance;
    }

    private void withdraw(EmulatedInstance instance, Duration age, String job) {
        playground
                .aws()
                .instances()
                .tag(List.of(instance.id()), Map.of("mayfly:withdrawn", ago(age).getEpochSecond() + " " + job));
    }

    private void surplus(EmulatedInstance instance, Duration age) {
        playground
                .aws()
                .instances()
                .tag(List.of(instance.id()), Map.of("mayfly:suspect", "surplus " + ago(age).getEpochSecond()));
    }

    private void suspect(EmulatedInstance instance, Duration age) {
        playground.aws().instances().tag(List.of(instance.id()), Map.of("mayfly:suspect", ago(age).toString()));
    }

    private Map<String, String> tags(EmulatedInstance instance) {
        return playground.aws().instances().find(instance.id()).orElseThrow().tags();
    }

    private static Map<String, String> unclaimed(long job) {
        return Map.of(
                "mayfly:deployment",
                "default",
                "mayfly:pool",
                "linux-x64",
                "mayfly:scope",
                "repos/" + Playground.REPOSITORY,
                "mayfly:scope-id",
                "482742958",
                "mayfly:repository",
                Playground.REPOSITORY,
                "mayfly:installation",
                Long.toString(Playground.INSTALLATION),
                "mayfly:job",
                Long.toString(job));
    }

    private static Map<String, String> tags(long job, long runnerId) {
        var tags = new HashMap<>(unclaimed(job));
        tags.put("mayfly:runner-id", Long.toString(runnerId));
        return tags;
    }

    /** In the order of their time. */
    private void record(String guid, EmulatedJob job, String action, int status, Duration age) {
        playground
                .github()
                .deliveries()
                .record(
                        guid,
                        "workflow_job",
                        action,
                        playground.github().event(job, action, Playground.INSTALLATION),
                        status,
                        ago(age));
    }

    private long calls(String name) {
        return playground.log().calls().stream()
                .map(Call::name)
                .filter(name::equals)
                .count();
    }

    private Instant ago(Duration age) {
        return function.now().minus(age);
    }
}
