package io.mayfly.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mayfly.playground.aws.Capacity.Choice;
import io.mayfly.playground.github.EmulatedJob;
import io.mayfly.playground.wire.Fault;
import io.mayfly.playground.world.Playground;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LaunchIT {

    private final Function function = new Function();
    private final Playground playground = function.playground();

    @AfterEach
    void close() {
        function.close();
    }

    @Test
    void launchesOneInstanceThatWillClaimItsRunner() {
        var job = playground.queueJob();

        var answer = function.deliver(job, "queued");

        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.headers()).containsEntry("content-type", "application/json");
        assertThat(function.live()).hasSize(1);
        var instance = function.live().getFirst();
        var runner = "mayfly-" + instance.id();
        assertThat(answer.body())
                .isEqualTo("{\"outcome\":\"launched\",\"instanceId\":\"%s\",\"runner\":\"%s\",\"pool\":\"linux-x64\"}"
                        .formatted(instance.id(), runner));
        assertThat(instance.tags())
                .containsExactlyInAnyOrderEntriesOf(Map.ofEntries(
                        Map.entry("Name", "mayfly-linux-x64"),
                        Map.entry("mayfly:deployment", "default"),
                        Map.entry("mayfly:pool", "linux-x64"),
                        Map.entry("mayfly:scope", "repos/octo-org/hello-world"),
                        Map.entry("mayfly:scope-id", "482742958"),
                        Map.entry("mayfly:repository", "octo-org/hello-world"),
                        Map.entry("mayfly:installation", Long.toString(Playground.INSTALLATION)),
                        Map.entry("mayfly:job", Long.toString(job.id())),
                        Map.entry("mayfly:run", Long.toString(job.runId())),
                        Map.entry("mayfly:timeouts", "600/300/43200")));
        assertThat(playground.github().runners().registered()).isEmpty();
        assertThat(function.log()).contains("launched instance=" + instance.id(), "\"job\":\"" + job.id() + "\"");
    }

    @Test
    void asksForAnInstanceThatEndsWithItsRunnerAndKeepsItsMetadataClosed() {
        function.withPool(pool -> {
            pool.put("instanceProfile", "ci-runner").put("keyName", "ops").put("volumeGb", 40);
            pool.put("market", "spot").put("ami", "ssm:/mayfly/ami/linux-x64");
            pool.putObject("tags").put("cost-center", "4711");
        });
        playground.aws().parameters().put("/mayfly/ami/linux-x64", "ami-0fedcba9876543210");

        var instance = function.launched(playground.queueJob());

        assertThat(instance.market()).isEqualTo("spot");
        assertThat(instance.tags()).containsEntry("cost-center", "4711");
        var request = playground.log().calls("RunInstances").getFirst().parameters();
        assertThat(request)
                .containsEntry("ImageId", "resolve:ssm:/mayfly/ami/linux-x64")
                .containsEntry("InstanceInitiatedShutdownBehavior", "terminate")
                .containsEntry("MetadataOptions.HttpTokens", "required")
                .containsEntry("MetadataOptions.HttpPutResponseHopLimit", "1")
                .containsEntry("BlockDeviceMapping.1.Ebs.Encrypted", "true")
                .containsEntry("BlockDeviceMapping.1.Ebs.VolumeType", "gp3")
                .containsEntry("BlockDeviceMapping.1.Ebs.VolumeSize", "40")
                .containsEntry("BlockDeviceMapping.1.DeviceName", "/dev/sda1")
                .containsEntry("IamInstanceProfile.Name", "ci-runner")
                .containsEntry("KeyName", "ops")
                .containsEntry("MinCount", "1")
                .containsEntry("MaxCount", "1")
                .containsEntry("TagSpecification.1.ResourceType", "instance")
                .containsEntry("TagSpecification.2.ResourceType", "volume")
                .containsEntry("TagSpecification.3.ResourceType", "network-interface")
                .containsEntry("TagSpecification.4.ResourceType", "spot-instances-request")
                .containsEntry("InstanceMarketOptions.SpotOptions.SpotInstanceType", "one-time");
    }

    @Test
    void takesThreeCallsColdOneWarmAndTwoAtAJobAMinute() {
        function.deliver(playground.queueJob(), "queued");
        assertThat(function.calls()).containsExactly("GetParameters", "DescribeInstances", "RunInstances");

        playground.log().clear();
        function.deliver(playground.queueJob(), "queued");
        assertThat(function.calls()).containsExactly("RunInstances");
    }

    @Test
    void countsTheInstancesOfAPoolAnewWhenTheCountIsTenSecondsOld() {
        try (var inItsOwnTime = Function.within()) {
            inItsOwnTime.launched(inItsOwnTime.playground().queueJob());
            inItsOwnTime.playground().log().clear();
            inItsOwnTime.pass(Duration.ofMinutes(1));

            inItsOwnTime.launched(inItsOwnTime.playground().queueJob());

            assertThat(inItsOwnTime.calls()).containsExactly("DescribeInstances", "RunInstances");
        }
    }

    @Test
    void givesAllInstancesOfAPoolAndScopeTheSameUserDataWithoutACredential() {
        function.withPool(pool -> pool.put("market", "spot-then-on-demand"));
        var first = function.launched(playground.queueJob());
        playground.aws().capacity().refuse(Choice.ANY.onMarket("spot"), "InsufficientInstanceCapacity");
        var second = function.launched(playground.queueJob());

        assertThat(second.market()).isNotEqualTo(first.market());
        assertThat(second.userData())
                .isEqualTo(first.userData())
                .doesNotContain(
                        first.id(),
                        "MAYFLY_JIT",
                        Playground.SECRET,
                        first.tags().get("mayfly:installation"));
    }

    @Test
    void doesNotLaunchTwiceForARedelivery() {
        var job = playground.queueJob();
        var instance = function.launched(job);

        var again = function.deliver(job, "queued");

        assertThat(again.status()).isEqualTo(200);
        assertThat(again.body())
                .isEqualTo("{\"outcome\":\"already-launched\",\"instanceId\":\"" + instance.id() + "\"}");
        assertThat(function.live()).hasSize(1);
    }

    @Test
    void launchesOnceForTwoDeliveriesThatDoNotSeeEachOther() {
        playground.aws().instances().lag(Duration.ofHours(1));
        var job = playground.queueJob();
        var instance = function.launched(job);
        try (var other = function.another()) {
            var answer = other.deliver(job, "queued");

            assertThat(answer.field("instanceId")).isEqualTo(instance.id());
        }
        assertThat(playground.log().calls("RunInstances"))
                .hasSize(2)
                .extracting(call -> call.parameters().get("ClientToken"))
                .allMatch(token -> token.matches("[0-9a-f]{64}"))
                .containsOnly(playground
                        .log()
                        .calls("RunInstances")
                        .getFirst()
                        .parameters()
                        .get("ClientToken"));
        assertThat(function.live()).hasSize(1);
    }

    @Test
    void takesALaunchWithOtherParametersForMadeAlready() {
        playground.aws().instances().lag(Duration.ofHours(1));
        var job = playground.queueJob();
        function.launched(job);
        function.withPool(pool -> pool.put("volumeGb", 200));
        try (var later = function.another()) {
            var answer = later.deliver(job, "queued");

            assertThat(answer).hasToString("200 {\"outcome\":\"already-launched\",\"instanceId\":null}");
        }
        assertThat(function.live()).hasSize(1);
    }

    @Test
    void launchesEachJobByATokenOfItsOwn() {
        function.launched(playground.queueJob());
        function.launched(playground.queueJob());

        assertThat(playground.log().calls("RunInstances"))
                .extracting(call -> call.parameters().get("ClientToken"))
                .doesNotHaveDuplicates();
    }

    @Test
    void leavesAJobWhoseInstanceHasEndedToTheSweep() {
        var job = playground.queueJob();
        playground.aws().instances().shutdown(function.launched(job).id());
        try (var later = function.another()) {
            var answer = later.deliver(job, "queued");

            assertThat(answer)
                    .hasToString("202 {\"outcome\":\"handed-over\",\"to\":\"sweep\",\"reason\":\"an instance was"
                            + " launched before and has ended since\"}");
        }
        assertThat(function.live()).isEmpty();
    }

    @Test
    void triesEveryTypeAndSubnetOfSpotBeforeOnDemand() {
        playground.aws().capacity().refuse(Choice.ANY.onMarket("spot"), "InsufficientInstanceCapacity");

        var instance = function.launched(playground.queueJob());

        assertThat(instance.market()).isEqualTo("on-demand");
        var tried = new ArrayList<String>();
        playground
                .log()
                .calls("RunInstances")
                .forEach(call -> tried.add(call.parameters().get("InstanceType") + " "
                        + call.parameters().get("SubnetId") + " "
                        + call.parameters().getOrDefault("InstanceMarketOptions.MarketType", "on-demand")));
        assertThat(tried)
                .containsExactly(
                        "c7i.xlarge subnet-0a0a0a0a spot",
                        "c7i.xlarge subnet-0b0b0b0b spot",
                        "c6i.xlarge subnet-0a0a0a0a spot",
                        "c6i.xlarge subnet-0b0b0b0b spot",
                        "c7i.xlarge subnet-0a0a0a0a on-demand");
    }

    @Test
    void remembersForAWhileWhichChoicesWereRefused() {
        playground.aws().capacity().refuse(Choice.ANY.onMarket("spot"), "InsufficientInstanceCapacity");
        function.launched(playground.queueJob());
        playground.log().clear();

        function.launched(playground.queueJob());

        assertThat(function.calls()).containsExactly("RunInstances");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "InsufficientInstanceCapacity",
                "InsufficientVolumeCapacity",
                "InsufficientAddressCapacity",
                "VolumeTypeNotAvailableInZone",
                "Unsupported",
                "VcpuLimitExceeded",
                "MaxSpotInstanceCountExceeded",
                "InsufficientFreeAddressesInSubnet",
                "InvalidSubnetID.NotFound",
                "EncryptedVolumesNotSupported",
                "AuthFailure.ServiceLinkedRoleCreationNotPermitted"
            })
    void triesTheNextChoiceForWhatIsTheFaultOfOne(String code) {
        playground.aws().capacity().refuse(Choice.ANY, code, 1);

        function.launched(playground.queueJob());

        assertThat(playground.log().count("RunInstances")).isEqualTo(2);
    }

    @Test
    void defersWhenThereIsNoCapacityAtAllAndLaunchesWhenThereIsAgain() {
        playground.aws().capacity().refuse(Choice.ANY, "InsufficientInstanceCapacity");
        var job = playground.queueJob();

        var answer = function.deliver(job, "queued");

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.field("outcome")).isEqualTo("deferred");
        assertThat(answer.field("reason"))
                .isEqualTo("no capacity in the choices of pool linux-x64, the last said InsufficientInstanceCapacity");
        assertThat(answer.headers()).containsKey("retry-after");
        assertThat(playground.log().count("RunInstances")).isEqualTo(8);

        playground.aws().capacity().restore();
        assertThat(function.deliver(job, "queued").status()).isEqualTo(201);
    }

    @Test
    void leavesToTheSweepWhatEc2ThrottlesWithoutAQueueAndAsksItForNothingFor5Seconds() {
        function.without("MAYFLY_QUEUE_URL");
        playground.aws().faults().on("RunInstances").times(1).error("RequestLimitExceeded");
        var job = playground.queueJob();

        var answer = function.deliver(job, "queued");

        assertThat(answer.status()).isEqualTo(202);
        assertThat(answer.body())
                .isEqualTo("{\"outcome\":\"handed-over\",\"to\":\"sweep\",\"reason\":\"EC2 throttles launches\"}");
        assertThat(playground.log().count("RunInstances")).isEqualTo(1);
        playground.log().clear();
        assertThat(function.deliver(job, "queued").status()).isEqualTo(202);
        assertThat(function.calls()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "InvalidAMIID.NotFound, 'pool linux-x64, ami ami-0123456789abcdef0'",
        "InvalidGroup.NotFound, 'pool linux-x64, securityGroups [sg-0c0c0c0c]'",
        "TagPolicyViolation, 'pool linux-x64, tags'",
        "InvalidParameterValue, 'pool linux-x64: EC2 refused'",
        "UnauthorizedOperation, 'IAM permission ec2:RunInstances'"
    })
    void namesWhatIsSetUpWronglyAndTriesNoOtherChoice(String code, String named) {
        playground.aws().faults().on("RunInstances").error(code, 400);

        var answer = function.deliver(playground.queueJob(), "queued");

        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.field("error")).contains(named, code);
        assertThat(playground.log().count("RunInstances")).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "InvalidSubnetID.NotFound, 'pool linux-x64, subnets subnet-0'",
        "InvalidInstanceType, 'pool linux-x64, instanceTypes c'",
        "UnsupportedOperation, 'pool linux-x64: EC2 refused'"
    })
    void saysWhatIsSetUpWronglyWhenItIsTheFaultOfEachChoice(String code, String named) {
        playground.aws().capacity().refuse(Choice.ANY, code);

        var answer = function.deliver(playground.queueJob(), "queued");

        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.field("error")).contains(named, code);
        assertThat(playground.log().count("RunInstances")).isEqualTo(8);
    }

    @Test
    void launchesElsewhereAsLongAsAZoneHasNoVolumes() {
        playground.aws().capacity().refuse(Choice.ANY.inSubnet("subnet-0a0a0a0a"), "InsufficientVolumeCapacity");

        function.launched(playground.queueJob());
        function.launched(playground.queueJob());

        assertThat(function.live()).hasSize(2).allMatch(instance -> "subnet-0b0b0b0b".equals(instance.subnet()));
    }

    @Test
    void saysInEc2sOwnWordsWhyALaunchWasRefused() {
        playground.aws().faults().on("RunInstances").error("TagPolicyViolation", 400);

        var answer = function.deliver(playground.queueJob(), "queued");

        assertThat(answer.field("error"))
                .matches("pool linux-x64, tags: EC2 refused RunInstances: TagPolicyViolation"
                        + " \\(request [^)]+\\): .+");
    }

    @Test
    void beginsElsewhereAfterALaunchOfWhichNobodyKnowsWhatBecameOfIt() {
        playground.aws().faults().on("RunInstances").times(2).error("InternalError", 500);
        function.deliver(playground.queueJob(), "queued");
        playground.log().clear();

        function.launched(playground.queueJob());

        assertThat(playground.log().calls("RunInstances"))
                .singleElement()
                .satisfies(call -> assertThat(call.parameters().get("SubnetId")).isEqualTo("subnet-0b0b0b0b"));
    }

    @Test
    void asksOnceMoreWithTheSameTokenWhenEc2DoesNotTellWhetherItLaunched() {
        playground.aws().faults().on("RunInstances").error("InternalError", 500);

        var answer = function.deliver(playground.queueJob(), "queued");

        assertThat(answer.status()).isEqualTo(503);
        assertThat(playground.log().calls("RunInstances"))
                .hasSize(2)
                .extracting(call -> call.parameters().get("ClientToken"))
                .containsOnly(playground
                        .log()
                        .calls("RunInstances")
                        .getFirst()
                        .parameters()
                        .get("ClientToken"));
    }

    @Test
    void repeatsALostAnswerOfEc2WithTheSameToken() {
        playground.aws().faults().on("RunInstances").times(1).loseAnswer();

        function.launched(playground.queueJob());

        assertThat(playground.log().calls("RunInstances"))
                .extracting(call -> call.parameters().get("ClientToken"))
                .hasSize(2)
                .containsOnly(playground
                        .log()
                        .calls("RunInstances")
                        .getFirst()
                        .parameters()
                        .get("ClientToken"));
        assertThat(function.live()).hasSize(1);
    }

    @Test
    void takesNoOtherChoiceWhenEc2ThrottlesTheRepetitionOfALostAnswer() {
        playground.aws().faults().on("RunInstances").times(1).loseAnswer();
        playground.aws().faults().on("RunInstances").error("RequestLimitExceeded");

        var answer = function.deliver(playground.queueJob(), "queued");

        assertThat(answer.status()).isEqualTo(503);
        assertThat(function.live()).hasSize(1);
    }

    @Test
    void givesEachInstanceItsOwnRegistrationThoughTheServicesAnswerOnceTooOften() {
        playground.github().faults().on("token").times(1).answerTwice();
        playground.github().faults().on("generate-jitconfig").times(2).answerTwice();
        playground.aws().faults().on("RunInstances").times(2).answerTwice();
        playground.aws().faults().on("DescribeInstances").times(1).answerTwice();
        playground.aws().faults().on("GetCallerIdentity").times(2).answerTwice();
        playground.aws().faults().on("CreateTags").times(1).answerTwice();

        var jobs = List.of(playground.queueJob(), playground.queueJob(), playground.queueJob());
        jobs.forEach(function::claimed);

        assertThat(function.live())
                .hasSize(3)
                .allSatisfy(instance -> assertThat(playground.github().runners().registered())
                        .filteredOn(runner -> runner.id() == Function.runnerId(instance))
                        .extracting(runner -> runner.name())
                        .containsExactly("mayfly-" + instance.id()));
    }

    @Test
    void survivesConnectionsThatDiedWhileFrozen() {
        function.claimed(playground.queueJob());
        playground.github().dropConnections();
        playground.aws().dropConnections();

        function.claimed(playground.queueJob());

        assertThat(function.live()).hasSize(2);
        assertThat(playground.github().runners().registered()).hasSize(2);
    }

    @Test
    void reusesItsConnections() {
        for (var count = 0; count < 5; count++) {
            function.claimed(playground.queueJob());
        }
        assertThat(playground.github().connections()).isEqualTo(1);
        // One is kept; another is opened where a call finds it gone, or taken.
        assertThat(playground.aws().connections()).isLessThanOrEqualTo(3);
    }

    @Test
    void keepsToTheCeilingOfThePool() {
        function.withPool(pool -> pool.put("maxRunners", 2));
        var first = playground.queueJob();
        function.launched(first);
        function.launched(playground.queueJob());

        var third = function.deliver(playground.queueJob(), "queued");

        assertThat(third.status()).isEqualTo(503);
        assertThat(third.field("reason")).isEqualTo("pool linux-x64 is full (maxRunners 2)");
        assertThat(function.deliver(first, "queued").field("outcome")).isEqualTo("already-launched");
        assertThat(function.live()).hasSize(2);
    }

    @Test
    void launchesForTheOrganizationWhereThePoolSaysSo() {
        function.withPool(pool -> pool.put("scope", "organization"));

        var instance = function.launched(playground.queueJob());

        assertThat(instance.tags())
                .containsEntry("mayfly:scope", "orgs/octo-org")
                .containsEntry("mayfly:scope-id", "42");
    }

    @Test
    void worksOnAnEnterpriseServer() {
        function.with("MAYFLY_GITHUB_API_URL", playground.github().url() + "/api/v3");

        function.claimed(playground.queueJob());

        assertThat(playground.log().calls("generate-jitconfig").getFirst().path())
                .startsWith("/api/v3/repos/");
    }

    @Test
    void tellsGitHubTheVersionOfItsApi() {
        function.claimed(playground.queueJob());

        assertThat(playground.log().calls("generate-jitconfig").getFirst().headers())
                .containsEntry("x-github-api-version", "2022-11-28")
                .containsEntry("accept", "application/vnd.github+json");
    }

    @Test
    void mintsANewTokenWhenGitHubNoLongerAcceptsTheOldOne() {
        function.claimed(playground.queueJob());
        playground.github().installations().revokeTokens();

        function.claimed(playground.queueJob());

        assertThat(playground.log().count("token")).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({"10, 201", "27, 202", "86400, 202"})
    void leavesAJobToTheSweepThatIsOver25SecondsOld(long age, int status) {
        var answer = function.deliver(
                playground.queueJob(),
                "queued",
                payload -> created(payload, function.now().minusSeconds(age)));

        assertThat(answer.status()).isEqualTo(status);
        if (status == 202) {
            assertThat(answer.body())
                    .isEqualTo(
                            "{\"outcome\":\"handed-over\",\"to\":\"sweep\",\"reason\":\"the job is over 25 s old\"}");
            assertThat(function.calls()).containsOnly("GetParameters");
        }
    }

    @Test
    void leavesAJobToTheSweepOfWhichItIsNotSaidWhenItWasCreated() {
        var answer = function.deliver(
                playground.queueJob(),
                "queued",
                payload -> payload.withObject("workflow_job").remove("created_at"));

        assertThat(answer.status()).isEqualTo(202);
        assertThat(answer.field("to")).isEqualTo("sweep");
        assertThat(function.calls()).containsOnly("GetParameters");
    }

    @Test
    void leavesAnApprovedJobToTheSweep() {
        var answer = function.deliver(
                playground.queueJob(),
                "queued",
                payload -> payload.putObject("deployment").put("id", 1));

        assertThat(answer.status()).isEqualTo(202);
        assertThat(answer.field("to")).isEqualTo("sweep");
        assertThat(function.calls()).containsOnly("GetParameters");
    }

    @Test
    void looksAtTheTimeBeforeEachCall() {
        try (var slow = Function.within()) {
            slow.playground().aws().capacity().refuse(Choice.ANY, "InsufficientInstanceCapacity", 2);
            slow.playground().aws().faults().hook(call -> {
                slow.pass(Duration.ofSeconds(call.name().equals("RunInstances") ? 5 : 0));
                return Fault.PROCEED;
            });

            var answer = slow.deliver(
                    slow.playground().queueJob(),
                    "queued",
                    payload -> created(payload, slow.now().minusSeconds(21)));

            assertThat(answer.status()).isEqualTo(202);
            assertThat(answer.field("reason")).isEqualTo("the job is over 25 s old");
            assertThat(slow.playground().log().count("RunInstances")).isEqualTo(1);
            assertThat(slow.live()).isEmpty();
        }
    }

    @Test
    void asksGitHubForNothing() {
        function.launched(playground.queueJob());

        assertThat(playground.log().calls()).noneMatch(call -> call.service().equals("github"));
    }

    private static void created(ObjectNode payload, Instant at) {
        payload.withObject("workflow_job")
                .put("created_at", at.truncatedTo(ChronoUnit.SECONDS).toString());
    }

    @Test
    void launchesForAnotherAttemptOfAJobThatHasHadItsRunner() {
        var first = playground.queueJob();
        var instance = function.claimed(first);
        function.takesJob(instance, first);
        function.finishes(instance, first);
        function.deliver(first, "completed");
        var again = playground
                .github()
                .jobs()
                .queue(EmulatedJob.queued(first.id() + 1, Playground.REPOSITORY, Playground.LABELS, function.now())
                        .inRun(first.runId(), 2));

        var answer = function.deliver(again, "queued");

        assertThat(answer.field("outcome")).isEqualTo("launched");
    }
}
