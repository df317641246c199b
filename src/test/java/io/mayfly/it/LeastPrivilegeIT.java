package io.mayfly.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.mayfly.playground.aws.Capacity.Choice;
import io.mayfly.playground.aws.EmulatedInstance;
import io.mayfly.playground.aws.EmulatedQueues;
import io.mayfly.playground.host.FunctionUrlEvent;
import io.mayfly.playground.host.QueueEvent;
import io.mayfly.playground.world.Playground;
import io.mayfly.policy.Access;
import io.mayfly.policy.Calls;
import io.mayfly.policy.Policy;
import io.mayfly.policy.Template;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The function's role against all that the function asks of AWS, recorded while it launches by every kind of choice,
 * ends, and sweeps. Nothing that it does may be denied, nothing that the role allows may be superfluous.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LeastPrivilegeIT {

    private static final String EC2 = "arn:aws:ec2:eu-west-1:123456789012:";
    private static final String RUNNER_ROLE = "arn:aws:iam::123456789012:role/mayfly-default-runner";
    private static final String CONNECT_ROLE = "arn:aws:iam::123456789012:role/mayfly-default-connect";
    private static final String KEY = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555";
    private static final String AMI = "/mayfly/default/ami/x86_64";

    /** A stock image, as AWS publishes it. */
    private static final String STOCK =
            "/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id";

    private static final String RESOURCE_TAG = "aws:ResourceTag/mayfly:deployment";
    private static final String REQUEST_TAG = "aws:RequestTag/mayfly:deployment";

    private static final Map<String, String> PARAMETERS = Map.of(
            "ParametersPath",
            "/mayfly/playground",
            "ParametersKeyArn",
            KEY,
            "RunnerSubnetArns",
            EC2 + "subnet/subnet-0a0a0a0a," + EC2 + "subnet/subnet-0b0b0b0b",
            "RunnerSecurityGroupArns",
            EC2 + "security-group/sg-0c0c0c0c",
            "RunnerRoleArn",
            RUNNER_ROLE,
            "ConnectRoleArn",
            CONNECT_ROLE,
            "KeyPairArns",
            EC2 + "key-pair/ops");

    /** The queue of bursts, by its name in the template. */
    private static final String QUEUE = "arn:aws:sqs:eu-west-1:123456789012:Bursts";

    /**
     * What AWS's own services ask in the function's name: Lambda writes its log, puts what failed into a queue, and takes what was
     * handed over from another.
     * The emulator never sees these.
     */
    private static final List<Access> BY_LAMBDA = List.of(
            new Access("logs:CreateLogStream", "arn:aws:logs:eu-west-1:123456789012:LogGroup"),
            new Access("logs:PutLogEvents", "arn:aws:logs:eu-west-1:123456789012:LogGroup"),
            new Access("sqs:SendMessage", "arn:aws:sqs:eu-west-1:123456789012:FailedSweeps"),
            new Access("sqs:ReceiveMessage", QUEUE),
            new Access("sqs:DeleteMessage", QUEUE),
            new Access("sqs:GetQueueAttributes", QUEUE));

    private final Function function = new Function();
    private final Playground playground = function.playground();
    private final Policy policy = Template.deployed(PARAMETERS).policy("FunctionPolicy");
    private final Map<String, Map<String, String>> tags = new HashMap<>();
    private List<Access> asked = List.of();

    @BeforeAll
    void record() {
        function.withPool(pool -> pool.put("instanceProfile", "mayfly-default-runner")
                .put("keyName", "ops")
                .put("ami", "ssm:" + AMI));
        playground.aws().parameters().put(AMI, "ami-0123456789abcdef0");

        playground.aws().queues().create("Bursts");
        function.with("MAYFLY_QUEUE_URL", EmulatedQueues.url("Bursts", Template.REGION));

        // One spot choice after the other is refused, then the on-demand ones but the last.
        playground.aws().capacity().refuse(Choice.ANY, "InsufficientInstanceCapacity", 7);
        var onDemand = launch();
        playground.aws().capacity().restore();
        end(onDemand);
        function.kill();
        function.withPool(pool -> pool.put("ami", "ssm:" + STOCK));
        playground.aws().parameters().put(STOCK, "ami-0123456789abcdef0");
        var spot = launch();
        end(spot);
        function.kill();
        function.withPool(pool -> pool.put("connect", true).remove("instanceProfile"));
        end(launch());
        assertThat(List.of(onDemand.market(), spot.market())).containsExactly("on-demand", "spot");
        sweep();
        handOver();

        var calls = new Calls(
                id -> tags.computeIfAbsent(
                        id,
                        unknown -> playground
                                .aws()
                                .instances()
                                .find(id)
                                .orElseThrow()
                                .tags()),
                Map.of("mayfly-default-runner", RUNNER_ROLE, "mayfly-default-connect", CONNECT_ROLE),
                KEY);
        asked = playground.log().calls().stream()
                .filter(call -> !call.service().equals("github"))
                .map(calls::asked)
                .flatMap(List::stream)
                .distinct()
                .toList();
        asked = Stream.concat(asked.stream(), BY_LAMBDA.stream()).toList();
    }

    @AfterAll
    void close() {
        function.close();
    }

    private EmulatedInstance launch() {
        return function.claimed(playground.queueJob());
    }

    /** To the queue, which is then consumed. */
    private void handOver() {
        playground.aws().faults().on("RunInstances").times(1).error("RequestLimitExceeded");
        assertThat(function.deliver(playground.queueJob(), "queued").field("to"))
                .isEqualTo("queue");
        var consumed = function.invoke(
                new QueueEvent(QUEUE).message("{}", function.now()).json());
        assertThat(consumed.failed()).isFalse();
    }

    private void end(EmulatedInstance instance) {
        var job = playground
                .github()
                .jobs()
                .find(Long.parseLong(instance.tags().getOrDefault("mayfly:job", "")))
                .orElseThrow();
        function.takesJob(instance, job);
        function.finishes(instance, job);
        assertThat(function.deliver(job, "completed").body()).contains(instance.id());
    }

    /**
     * One instance never came up, so that its console is read and it is ended; another idles, and is marked; a third has not
     * claimed, and is withdrawn.
     */
    private void sweep() {
        old(Duration.ofMinutes(16));
        playground.github().runners().connect(old(Duration.ofMinutes(30)));
        playground
                .aws()
                .instances()
                .add(
                        function.launched(playground.queueJob()).tags(),
                        function.now().minus(Duration.ofMinutes(16)));

        var result = function.invoke(FunctionUrlEvent.sweep(function.now()));

        assertThat(result.failed()).as(result.text()).isFalse();
        assertThat(function.calls()).contains("GetConsoleOutput", "CreateTags");
        assertThat(playground.aws().instances().live())
                .anyMatch(instance -> instance.tags().containsKey("mayfly:withdrawn"));
    }

    private long old(Duration age) {
        var scope = "repos/" + Playground.REPOSITORY;
        var instance = playground
                .aws()
                .instances()
                .add(
                        Map.of(
                                "mayfly:deployment",
                                "default",
                                "mayfly:pool",
                                Playground.POOL,
                                "mayfly:scope",
                                scope,
                                "mayfly:scope-id",
                                "482742958",
                                "mayfly:repository",
                                Playground.REPOSITORY,
                                "mayfly:installation",
                                Long.toString(Playground.INSTALLATION),
                                "mayfly:job",
                                "1"),
                        function.now().minus(age));
        var runner = playground
                .github()
                .runners()
                .register(scope, "mayfly-" + instance.id(), List.of("self-hosted", "mayfly-default-eu-west-1"), 1)
                .orElseThrow();
        playground
                .aws()
                .instances()
                .tag(List.of(instance.id()), Map.of("mayfly:runner-id", Long.toString(runner.id())));
        return runner.id();
    }

    @Test
    void recordsEveryActionThatTheRoleIsFor() {
        assertThat(new TreeSet<>(asked.stream().map(Access::action).toList()))
                .isEqualTo(new TreeSet<>(Set.of(
                        "ec2:RunInstances",
                        "ec2:CreateTags",
                        "ec2:DescribeInstances",
                        "ec2:TerminateInstances",
                        "ec2:GetConsoleOutput",
                        "ssm:GetParameters",
                        "kms:Decrypt",
                        "iam:PassRole",
                        "logs:CreateLogStream",
                        "logs:PutLogEvents",
                        "sqs:SendMessage",
                        "sqs:ReceiveMessage",
                        "sqs:DeleteMessage",
                        "sqs:GetQueueAttributes")));
    }

    @Test
    void allowsAllThatTheFunctionDoes() {
        assertThat(policy.denied(asked)).isEmpty();
    }

    Stream<Arguments> lessened() {
        return arguments(policy.lessened());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("lessened")
    void allowsNothingThatTheFunctionDoesNotDo(String missing, Policy less) {
        assertThat(less.denied(asked)).as("asked without %s", missing).isNotEmpty();
    }

    Stream<Arguments> loosened() {
        return arguments(policy.loosened());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("loosened")
    void hasNoConditionThatHoldsNothingBack(String missing, Policy looser) {
        var others = asked.stream()
                .flatMap(access -> access.context().keySet().stream()
                        .flatMap(key -> Stream.of(access.without(key), access.with(key, "something else"))))
                .filter(access -> !policy.allows(access));

        assertThat(others.filter(looser::allows))
                .as("let through without %s", missing)
                .isNotEmpty();
    }

    private static Stream<Arguments> arguments(Map<String, Policy> policies) {
        return policies.entrySet().stream().map(entry -> Arguments.of(entry.getKey(), entry.getValue()));
    }

    @Test
    void reachesNoInstanceOfAnotherDeployment() {
        var others = policy.denied(
                instances().map(access -> access.with(RESOURCE_TAG, "another")).toList());
        var untagged = policy.denied(
                instances().map(access -> access.without(RESOURCE_TAG)).toList());

        assertThat(others).hasSameSizeAs(instances().toList()).isNotEmpty();
        assertThat(untagged).hasSameSizeAs(instances().toList());
    }

    /** What is done to instances that exist. */
    private Stream<Access> instances() {
        return asked.stream().filter(access -> access.context().containsKey(RESOURCE_TAG.toLowerCase(Locale.ROOT)));
    }

    @Test
    void launchesAndTagsNothingForAnotherDeployment() {
        var tagged = asked.stream()
                .filter(access -> access.context().containsKey(REQUEST_TAG.toLowerCase(Locale.ROOT)))
                .toList();

        assertThat(tagged)
                .extracting(Access::action, access -> access.resource().replace(EC2, ""))
                .containsOnly(
                        tuple("ec2:RunInstances", "instance/*"),
                        tuple("ec2:RunInstances", "volume/*"),
                        tuple("ec2:RunInstances", "network-interface/*"),
                        tuple("ec2:RunInstances", "spot-instances-request/*"),
                        tuple("ec2:CreateTags", "instance/*"),
                        tuple("ec2:CreateTags", "volume/*"),
                        tuple("ec2:CreateTags", "network-interface/*"),
                        tuple("ec2:CreateTags", "spot-instances-request/*"));
        assertThat(policy.denied(tagged.stream()
                        .map(access -> access.with(REQUEST_TAG, "another"))
                        .toList()))
                .hasSameSizeAs(tagged);
        assertThat(policy.denied(tagged.stream()
                        .map(access -> access.without(REQUEST_TAG))
                        .toList()))
                .hasSameSizeAs(tagged);
    }

    @Test
    void belongsToItsOwnDeploymentAsTheTemplateNamesIt() {
        var parameters = new HashMap<>(PARAMETERS);
        parameters.put("Deployment", "another");
        var another = Template.deployed(parameters).policy("FunctionPolicy");

        assertThat(another.denied(asked))
                .isNotEmpty()
                .containsExactlyInAnyOrderElementsOf(asked.stream()
                        .filter(access -> access.context().containsKey(RESOURCE_TAG.toLowerCase(Locale.ROOT))
                                || access.context().containsKey(REQUEST_TAG.toLowerCase(Locale.ROOT)))
                        .toList());
    }

    @Test
    void changesNoTagOfAnInstanceButThoseThatAreForIt() {
        var suspect = asked.stream()
                .filter(access -> access.action().equals("ec2:CreateTags")
                        && !access.context().containsKey("ec2:createaction"))
                .findFirst()
                .orElseThrow();

        assertThat(policy.allows(suspect)).isTrue();
        assertThat(policy.allows(suspect.with("aws:TagKeys", "mayfly:runner-id", "Name")))
                .isTrue();
        assertThat(policy.allows(suspect.with("aws:TagKeys", "mayfly:withdrawn")))
                .isTrue();
        assertThat(policy.allows(suspect.with("aws:TagKeys", "mayfly:timeouts")))
                .isFalse();
        assertThat(policy.allows(suspect.with("aws:TagKeys", "mayfly:deployment")))
                .isFalse();
        assertThat(policy.allows(suspect.with("aws:TagKeys", "mayfly:suspect", "mayfly:job")))
                .isFalse();
        assertThat(policy.allows(suspect.without("aws:TagKeys"))).isFalse();
        assertThat(policy.allows(suspect.of(EC2 + "volume/vol-1"))).isFalse();
    }

    @Test
    void tagsOnlyWhatItLaunches() {
        asked.stream()
                .filter(access -> access.context().containsKey("ec2:createaction"))
                .forEach(access -> {
                    assertThat(policy.allows(access.without("ec2:CreateAction")))
                            .as(access.toString())
                            .isFalse();
                    assertThat(policy.allows(access.with("ec2:CreateAction", "CreateVolume")))
                            .as(access.toString())
                            .isFalse();
                });
    }

    @Test
    void launchesNobodyElsesImagesInNoOtherNetwork() {
        var image = first("ec2:RunInstances", ":image/");
        var subnet = first("ec2:RunInstances", ":subnet/");
        var group = first("ec2:RunInstances", ":security-group/");
        var keyPair = first("ec2:RunInstances", ":key-pair/");

        assertThat(policy.allows(image.with("ec2:Owner", "210987654321"))).isFalse();
        assertThat(policy.allows(image.with("ec2:Owner", "amazon"))).isFalse();
        assertThat(policy.allows(subnet.of(EC2 + "subnet/subnet-0d0d0d0d"))).isFalse();
        assertThat(policy.allows(group.of(EC2 + "security-group/sg-0d0d0d0d"))).isFalse();
        assertThat(policy.allows(keyPair.of(EC2 + "key-pair/somebody"))).isFalse();
    }

    @Test
    void passesOnlyTheRunnersRoleAndOnlyToEc2() {
        var pass = first("iam:PassRole", "");

        assertThat(policy.allows(pass.of("arn:aws:iam::123456789012:role/admin")))
                .isFalse();
        assertThat(policy.allows(pass.with("iam:PassedToService", "lambda.amazonaws.com")))
                .isFalse();
        assertThat(policy.allows(pass.without("iam:PassedToService"))).isFalse();
    }

    @Test
    void readsNoOtherSecrets() {
        var parameter = first("ssm:GetParameters", "/mayfly/playground/");
        var decrypt = first("kms:Decrypt", "");

        assertThat(policy.allows(parameter.of("arn:aws:ssm:eu-west-1:123456789012:parameter/mayfly/prod/pools")))
                .isFalse();
        assertThat(policy.allows(parameter.of("arn:aws:ssm:eu-west-1:123456789012:parameter/mayfly/playground/else")))
                .isFalse();
        assertThat(policy.allows(decrypt.without("kms:ViaService"))).isFalse();
        assertThat(policy.allows(decrypt.with(
                        "kms:EncryptionContext:PARAMETER_ARN",
                        "arn:aws:ssm:eu-west-1:123456789012:parameter/mayfly/prod/pools")))
                .isFalse();
    }

    @Test
    void takesNothingFromOtherQueues() {
        assertThat(policy.allows(new Access("sqs:ReceiveMessage", "arn:aws:sqs:eu-west-1:123456789012:FailedSweeps")))
                .isFalse();
        assertThat(policy.allows(new Access("sqs:SendMessage", "arn:aws:sqs:eu-west-1:123456789012:FailedHandOvers")))
                .isFalse();
        assertThat(policy.allows(new Access("sqs:PurgeQueue", QUEUE))).isFalse();
    }

    private Access first(String action, String resource) {
        return asked.stream()
                .filter(access ->
                        access.action().equals(action) && access.resource().contains(resource))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void leavesOutWhatADeploymentDoesNotUse() {
        var parameters = new HashMap<>(PARAMETERS);
        parameters.remove("RunnerRoleArn");
        parameters.remove("ConnectRoleArn");
        parameters.remove("KeyPairArns");
        parameters.put("ImageOwners", "amazon,099720109477");
        parameters.put("BurstQueue", "false");
        var other = Template.deployed(parameters).policy("FunctionPolicy");
        var image = first("ec2:RunInstances", ":image/");

        assertThat(other.denied(asked))
                .extracting(Access::action, Access::resource)
                .containsExactlyInAnyOrder(
                        tuple("iam:PassRole", RUNNER_ROLE),
                        tuple("iam:PassRole", CONNECT_ROLE),
                        tuple("ec2:RunInstances", EC2 + "key-pair/ops"),
                        tuple("sqs:SendMessage", QUEUE),
                        tuple("sqs:ReceiveMessage", QUEUE),
                        tuple("sqs:ReceiveMessage", QUEUE),
                        tuple("sqs:DeleteMessage", QUEUE),
                        tuple("sqs:GetQueueAttributes", QUEUE));
        assertThat(other.denied(List.of(
                        image.with("ec2:Owner", "amazon"),
                        image.with("ec2:Owner", "099720109477"),
                        image.with("ec2:Owner", Template.ACCOUNT))))
                .isEmpty();
    }

    /** Scheduler sends what the template holds; the function must take it for a request that came by no URL. */
    @Test
    void takesTheSchedulesInputForARequest() {
        var input = Template.deployed(PARAMETERS)
                .property("SweepSchedule", "Target", "Input")
                .toString();

        var result = function.invoke(input.getBytes(StandardCharsets.UTF_8));

        assertThat(result.text()).contains("\"statusCode\"").doesNotContain("not HTTP-shaped");
    }
}
