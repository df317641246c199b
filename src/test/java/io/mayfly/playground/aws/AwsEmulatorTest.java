package io.mayfly.playground.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mayfly.playground.wire.Emulation;
import io.mayfly.playground.wire.ManualClock;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.zip.GZIPOutputStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceStateName;
import software.amazon.awssdk.services.ec2.model.InstanceType;
import software.amazon.awssdk.services.ec2.model.MarketType;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import software.amazon.awssdk.services.ec2.model.ShutdownBehavior;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.TagSpecification;

/** What AWS documents and moto does not imitate. */
class AwsEmulatorTest {

    private static final String UNKNOWN_ID = "i-0123456789abcdef0";

    private final ManualClock clock = new ManualClock(Instant.parse("2026-11-24T12:00:00Z"));

    @AutoClose
    @SuppressWarnings("NullAway.Init")
    private AwsEmulator emulator;

    @AutoClose
    @SuppressWarnings("NullAway.Init")
    private PlainAwsClients clients;

    @BeforeEach
    void start() throws IOException {
        emulator = AwsEmulator.start(Emulation.of(clock));
        clients = PlainAwsClients.of(emulator.url());
    }

    @Test
    void sameClientTokenLaunchesOnce() {
        String first = run(request -> request.clientToken("token"));

        String second = run(request -> request.clientToken("token"));

        assertThat(second).isEqualTo(first);
        assertThat(emulator.instances().all()).hasSize(1);
    }

    @Test
    void sameClientTokenWithOtherParametersIsRefused() {
        run(request -> request.clientToken("token"));

        refused(
                "IdempotentParameterMismatch 400",
                () -> run(request -> request.clientToken("token").instanceType(InstanceType.M7_I_LARGE)));
    }

    @Test
    void sameClientTokenWithOtherParametersMayGetWhatItLaunched() {
        String first = run(request -> request.clientToken("token"));
        emulator.instances().overlooksOtherParameters(() -> true);

        String second = run(request -> request.clientToken("token").instanceType(InstanceType.M7_I_LARGE));

        assertThat(second).isEqualTo(first);
        terminate(first);
        refused(
                "IdempotentInstanceTerminated 400",
                () -> run(request -> request.clientToken("token").instanceType(InstanceType.M7_I_LARGE)));
    }

    @Test
    void sameClientTokenLaunchesOnceInEachZone() {
        String first = run(request -> request.clientToken("token").subnetId("subnet-a"));
        String other = run(request -> request.clientToken("token").subnetId("subnet-b"));

        assertThat(other).isNotEqualTo(first);
        assertThat(run(request -> request.clientToken("token").subnetId("subnet-a")))
                .isEqualTo(first);
        refused(
                "IdempotentParameterMismatch 400",
                () -> run(request -> request.clientToken("token").subnetId("subnet-aa")));
    }

    @Test
    void clientTokenOfTerminatedInstanceIsRefused() {
        String id = run(request -> request.clientToken("token"));
        terminate(id);

        refused("IdempotentInstanceTerminated 400", () -> run(request -> request.clientToken("token")));
    }

    @Test
    void refusedLaunchDoesNotUseUpItsClientToken() {
        emulator.capacity().refuse(Capacity.Choice.ANY, "InsufficientInstanceCapacity", 1);
        refused("InsufficientInstanceCapacity 500", () -> run(request -> request.clientToken("token")));

        assertThat(run(request -> request.clientToken("token"))).startsWith("i-");
    }

    @Test
    void launchesAsManyAsThereIsRoomFor() {
        emulator.capacity().room(Capacity.Choice.ANY.inSubnet("subnet-a"), 5);
        Consumer<RunInstancesRequest.Builder> three =
                request -> request.subnetId("subnet-a").minCount(1).maxCount(3);

        run(three);
        run(three);
        assertThat(emulator.instances().live()).hasSize(5);
        refused("InsufficientInstanceCapacity 500", () -> run(three));
        run(three.andThen(request -> request.subnetId("subnet-b")));
        assertThat(emulator.instances().live()).hasSize(8);
    }

    @Test
    void launchesNoneWhereALimitIsTooSmallForAll() {
        emulator.capacity().quota(Capacity.Choice.ANY, "VcpuLimitExceeded", 5);

        refused(
                "VcpuLimitExceeded 400",
                () -> run(request -> request.minCount(1).maxCount(6)));
        run(request -> request.minCount(1).maxCount(4));
        refused(
                "VcpuLimitExceeded 400",
                () -> run(request -> request.minCount(1).maxCount(2)));
    }

    @Test
    void refusesOnlyTheChoiceWithoutCapacity() {
        emulator.capacity()
                .refuse(
                        Capacity.Choice.ANY
                                .ofType("c7i.large")
                                .inSubnet("subnet-a")
                                .onMarket("spot"),
                        "InsufficientInstanceCapacity");
        Consumer<RunInstancesRequest.Builder> spot = request ->
                request.instanceType("c7i.large").instanceMarketOptions(market -> market.marketType(MarketType.SPOT));

        refused("InsufficientInstanceCapacity 500", () -> run(spot.andThen(request -> request.subnetId("subnet-a"))));
        run(spot.andThen(request -> request.subnetId("subnet-b")));
        run(request -> request.instanceType("c7i.large").subnetId("subnet-a"));
        emulator.capacity().restore();
        run(spot.andThen(request -> request.subnetId("subnet-a")));

        assertThat(emulator.instances().live())
                .extracting(EmulatedInstance::market)
                .containsExactly("spot", "on-demand", "spot");
    }

    @Test
    void userDataHasALimitOfSixteenKibibytes() {
        assertThat(run(request -> request.userData(base64("x".repeat(16 * 1024)))))
                .startsWith("i-");
        refused("InvalidParameterValue 400", () -> run(request -> request.userData(base64("x".repeat(16 * 1024 + 1)))));
    }

    @Test
    void launchNeedsAnImage() {
        refused("MissingParameter 400", () -> run(request -> request.imageId(null)));
        refused("InvalidAMIID.Malformed 400", () -> run(request -> request.imageId("not-an-image")));
    }

    @Test
    void resolvesImageFromParameter() {
        emulator.parameters().put("/images/linux", "ami-0123456789abcdef0");

        String id = run(request -> request.imageId("resolve:ssm:/images/linux"));

        assertThat(emulator.instances().find(id).orElseThrow().launch().imageId())
                .isEqualTo("ami-0123456789abcdef0");
    }

    @Test
    void launchesAsManyAsAsked() {
        assertThat(clients.ec2()
                        .runInstances(launch().minCount(1).maxCount(3).build())
                        .instances())
                .hasSize(3);
    }

    @Test
    void malformedIdsAreTold() {
        refused(
                "InvalidInstanceID.Malformed 400",
                () -> clients.ec2().describeInstances(request -> request.instanceIds("instance")));
        refused("InvalidInstanceID.Malformed 400", () -> terminate("instance"));
    }

    @Test
    void onlyInstancesThatExistAreTagged() {
        refused(
                "InvalidInstanceID.NotFound 400",
                () -> clients.ec2()
                        .createTags(request -> request.resources(UNKNOWN_ID)
                                .tags(Tag.builder().key("a").value("b").build())));
    }

    @Test
    void unknownFilterIsRefused() {
        refused(
                "InvalidParameterValue 400",
                () -> clients.ec2()
                        .describeInstances(request -> request.filters(Filter.builder()
                                .name("no-such-filter")
                                .values("x")
                                .build())));
    }

    @Test
    void instanceIsPendingWhileItBoots() {
        emulator.instances().bootTime(Duration.ofSeconds(20));
        String id = run(request -> {});

        assertThat(state(id)).isEqualTo(InstanceStateName.PENDING);
        clock.advance(Duration.ofSeconds(20));
        assertThat(state(id)).isEqualTo(InstanceStateName.RUNNING);
    }

    @Test
    void terminatedInstanceStaysVisibleForAnHour() {
        emulator.instances().shutdownTime(Duration.ofSeconds(30));
        String id = run(request -> {});

        terminate(id);
        assertThat(state(id)).isEqualTo(InstanceStateName.SHUTTING_DOWN);
        clock.advance(Duration.ofSeconds(30));
        assertThat(state(id)).isEqualTo(InstanceStateName.TERMINATED);
        terminate(id);
        clock.advance(Duration.ofHours(1));
        refused("InvalidInstanceID.NotFound 400", () -> state(id));
    }

    @Test
    void instanceThatPowersOffEndsAsItsLaunchSaid() {
        String terminating = run(request -> {});
        String stopping = run(request -> request.instanceInitiatedShutdownBehavior(ShutdownBehavior.STOP));

        emulator.instances().shutdown(terminating);
        emulator.instances().shutdown(stopping);

        assertThat(state(terminating)).isEqualTo(InstanceStateName.TERMINATED);
        assertThat(state(stopping)).isEqualTo(InstanceStateName.STOPPED);
    }

    @Test
    void youngInstanceIsNotSeenYet() {
        emulator.instances().lag(Duration.ofSeconds(3));
        String id = run(request -> {});

        refused("InvalidInstanceID.NotFound 400", () -> state(id));
        assertThat(clients.ec2().describeInstances().reservations()).isEmpty();
        clock.advance(Duration.ofSeconds(3));
        assertThat(state(id)).isEqualTo(InstanceStateName.RUNNING);
    }

    @Test
    void descriptionIsAsOldAsTold() {
        clock.advance(Duration.ofMinutes(1));
        String id = run(request -> {});
        emulator.instances().staleness(() -> Duration.ofSeconds(8));
        refused("InvalidInstanceID.NotFound 400", () -> state(id));
        clock.advance(Duration.ofSeconds(8));

        tag(id);
        terminate(id);

        assertThat(state(id)).isEqualTo(InstanceStateName.RUNNING);
        assertThat(described(id).tags()).isEmpty();
        assertThat(clients.ec2()
                        .describeInstances(request -> request.filters(Filter.builder()
                                .name("tag:on")
                                .values("instance")
                                .build()))
                        .reservations())
                .isEmpty();
        clock.advance(Duration.ofSeconds(8));
        assertThat(state(id)).isEqualTo(InstanceStateName.TERMINATED);
        assertThat(described(id).tags()).hasSize(1);
    }

    @Test
    void tagsAreThrottledBeyondAHundred() {
        String id = run(request -> {});
        emulator.throttling().on();
        for (int i = 0; i < 100; i++) {
            tag(id);
        }

        refused("RequestLimitExceeded 503", () -> tag(id));
        clock.advance(Duration.ofMillis(100));
        tag(id);
        refused("RequestLimitExceeded 503", () -> tag(id));
    }

    @Test
    void unpacksUserDataThatWasSentAsGzip() throws IOException {
        var packed = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(packed)) {
            gzip.write("#!/bin/bash\nMAYFLY_TICKET='a.b'\nMAYFLY_URL=https://x/\n".getBytes(StandardCharsets.UTF_8));
        }

        String id = run(request -> request.userData(Base64.getEncoder().encodeToString(packed.toByteArray())));

        EmulatedInstance instance = emulator.instances().find(id).orElseThrow();
        assertThat(instance.userData()).startsWith("#!/bin/bash\n");
        assertThat(instance.variable("MAYFLY_TICKET")).contains("a.b");
        assertThat(instance.variable("MAYFLY_URL")).contains("https://x/");
        assertThat(instance.variable("MAYFLY_JIT_CONFIG")).isEmpty();
    }

    @Test
    void showsWhatTheInstanceWroteOnItsConsole() {
        String id = run(request -> {});
        emulator.instances().console(id, "no route to host\n");

        String output = clients.ec2()
                .getConsoleOutput(request -> request.instanceId(id))
                .output();

        assertThat(new String(Base64.getDecoder().decode(output), StandardCharsets.UTF_8))
                .isEqualTo("no route to host\n");
    }

    @Test
    void keepsTagsOfInstanceVolumeAndSpotRequestApart() {
        String id = run(request -> request.tagSpecifications(
                tags(ResourceType.VOLUME, "volume"),
                tags(ResourceType.INSTANCE, "instance"),
                tags(ResourceType.SPOT_INSTANCES_REQUEST, "request")));

        EmulatedLaunch launch = emulator.instances().find(id).orElseThrow().launch();
        assertThat(List.of(launch.tags(), launch.tagsOf("volume"), launch.tagsOf("spot-instances-request")))
                .containsExactly(Map.of("on", "instance"), Map.of("on", "volume"), Map.of("on", "request"));
    }

    @Test
    void answersNobodyElseWhereItIsForOneKeyAlone() {
        emulator.parameters().put("/key", "for one alone");
        emulator.only("AKIDOTHER");
        refused(
                "IncompleteSignatureException 400",
                () -> clients.ssm().getParameters(request -> request.names("/key")));
        assertThatThrownBy(() -> clients.ec2().describeInstances())
                .isInstanceOfSatisfying(
                        AwsServiceException.class,
                        e -> assertThat(e.statusCode()).isEqualTo(401));

        emulator.only("AKIDPLAYGROUND");
        assertThat(clients.ssm().getParameters(request -> request.names("/key")).parameters())
                .hasSize(1);
    }

    @Test
    void throttlesLaunches() {
        emulator.throttling().on();
        for (int i = 0; i < 5; i++) {
            run(request -> {});
        }

        refused("RequestLimitExceeded 503", () -> run(request -> {}));
        clock.advance(Duration.ofSeconds(1));
        run(request -> {});
        run(request -> {});
        refused("RequestLimitExceeded 503", () -> run(request -> {}));
    }

    @Test
    void throttlesInstancesToo() {
        emulator.throttling().on();
        run(request -> request.minCount(1).maxCount(999));

        refused(
                "RequestLimitExceeded 503",
                () -> run(request -> request.minCount(1).maxCount(2)));
        run(request -> {});
    }

    @Test
    void throttlesParameters() {
        emulator.throttling().on();
        emulator.parameters().put("/a", "1");
        for (int i = 0; i < 40; i++) {
            clients.ssm().getParameters(request -> request.names("/a"));
        }

        refused("ThrottlingException 400", () -> clients.ssm().getParameters(request -> request.names("/a")));
    }

    private String run(Consumer<RunInstancesRequest.Builder> changes) {
        return clients.ec2()
                .runInstances(launch().applyMutation(changes).build())
                .instances()
                .getFirst()
                .instanceId();
    }

    private static RunInstancesRequest.Builder launch() {
        return RunInstancesRequest.builder()
                .imageId("ami-0abcdef1")
                .instanceType(InstanceType.C7_I_LARGE)
                .subnetId("subnet-c")
                .instanceInitiatedShutdownBehavior(ShutdownBehavior.TERMINATE)
                .minCount(1)
                .maxCount(1);
    }

    private static TagSpecification tags(ResourceType type, String value) {
        return TagSpecification.builder()
                .resourceType(type)
                .tags(Tag.builder().key("on").value(value).build())
                .build();
    }

    private void terminate(String id) {
        clients.ec2().terminateInstances(request -> request.instanceIds(id));
    }

    private void tag(String id) {
        clients.ec2()
                .createTags(request -> request.resources(id)
                        .tags(Tag.builder().key("on").value("instance").build()));
    }

    private InstanceStateName state(String id) {
        return described(id).state().name();
    }

    private Instance described(String id) {
        return clients.ec2()
                .describeInstances(request -> request.instanceIds(id))
                .reservations()
                .getFirst()
                .instances()
                .getFirst();
    }

    private static void refused(String codeAndStatus, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        AwsServiceException.class,
                        e -> assertThat(e.awsErrorDetails().errorCode() + " " + e.statusCode())
                                .isEqualTo(codeAndStatus));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
