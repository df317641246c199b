package io.mayfly.playground.aws;

import static org.assertj.core.api.Assertions.assertThat;

import io.mayfly.playground.wire.Emulation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.ec2.model.DescribeInstancesRequest;
import software.amazon.awssdk.services.ec2.model.DescribeInstancesResponse;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceAttributeName;
import software.amazon.awssdk.services.ec2.model.InstanceStateChange;
import software.amazon.awssdk.services.ec2.model.InstanceType;
import software.amazon.awssdk.services.ec2.model.MarketType;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import software.amazon.awssdk.services.ec2.model.ShutdownBehavior;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.TagSpecification;
import software.amazon.awssdk.services.ssm.model.ParameterType;

/**
 * The same calls of the same clients to the emulator and to moto, which is written by other people from other
 * sources: what both say is likely what AWS says. Where moto 5.2.1 is known to differ from AWS's documentation
 * (client tokens, malformed ids, more than the least number of instances), {@link AwsEmulatorTest} holds the emulator
 * to the documentation.
 */
class AwsEmulatorContractTest {

    private static final String UNKNOWN_ID = "i-0123456789abcdef0";

    @AutoClose
    @SuppressWarnings("NullAway.Init")
    private static MotoServer motoServer;

    @AutoClose
    @SuppressWarnings("NullAway.Init")
    private static AwsEmulator emulator;

    @AutoClose
    @SuppressWarnings("NullAway.Init")
    private static PlainAwsClients moto;

    @AutoClose
    @SuppressWarnings("NullAway.Init")
    private static PlainAwsClients ours;

    @SuppressWarnings("NullAway.Init")
    private static String image;

    @SuppressWarnings("NullAway.Init")
    private static String subnet;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        motoServer = MotoServer.start();
        emulator = AwsEmulator.start(Emulation.of(InstantSource.system()));
        moto = PlainAwsClients.of(motoServer.url());
        ours = PlainAwsClients.of(emulator.url());
        image = moto.ec2().describeImages().images().getFirst().imageId();
        subnet = moto.ec2().describeSubnets().subnets().getFirst().subnetId();
    }

    @Test
    void launchAnswersWithTheInstance() {
        same(clients -> shown(clients.ec2()
                .runInstances(launch(Map.of("Name", "launched", "mayfly:pool", "a & b <c>"))
                        .build())
                .instances()));
    }

    @Test
    void launchOfSpotInstanceIsMarkedSo() {
        same(clients -> clients
                .ec2()
                .runInstances(launch(Map.of())
                        .instanceMarketOptions(market -> market.marketType(MarketType.SPOT))
                        .build())
                .instances()
                .stream()
                .map(Instance::instanceLifecycleAsString)
                .toList());
    }

    @Test
    void launchesAsManyAsAsked() {
        same(clients ->
                clients
                        .ec2()
                        .runInstances(launch(Map.of()).minCount(3).maxCount(3).build())
                        .instances()
                        .stream()
                        .map(Instance::amiLaunchIndex)
                        .toList());
    }

    @Test
    void userDataArrivesAsSent() {
        String script = "#!/bin/sh\necho \"ü & <ö>\" + %20\n";
        String encoded = Base64.getEncoder().encodeToString(script.getBytes(StandardCharsets.UTF_8));
        String byMoto = moto.ec2()
                .describeInstanceAttribute(request -> request.attribute(InstanceAttributeName.USER_DATA)
                        .instanceId(run(moto, launch(Map.of()).userData(encoded))))
                .userData()
                .value();

        String id = run(ours, launch(Map.of()).userData(encoded));

        assertThat(emulator.instances().find(id).orElseThrow().userData())
                .isEqualTo(script)
                .isEqualTo(new String(Base64.getDecoder().decode(byMoto), StandardCharsets.UTF_8));
    }

    @Test
    void runsAfterAWhile() {
        same(clients -> {
            String id = run(clients, launch(Map.of("test", "runs")));
            return shown(describe(clients, request -> request.instanceIds(id)));
        });
    }

    @Test
    void findsByTag() {
        same(clients -> {
            run(clients, launch(Map.of("Name", "found", "test", "by-tag")));
            run(clients, launch(Map.of("Name", "other", "test", "by-tag")));
            return names(describe(
                    clients,
                    request -> request.filters(
                            filter("tag:test", "by-tag"),
                            filter("tag:Name", "found", "neither"),
                            filter("instance-state-name", "pending", "running"))));
        });
    }

    @Test
    void findsByTagKey() {
        same(clients -> {
            run(clients, launch(Map.of("Name", "with", "test:only-here", "1")));
            return names(describe(clients, request -> request.filters(filter("tag-key", "test:only-here"))));
        });
    }

    @Test
    void findsByWildcards() {
        same(clients -> {
            for (String name : List.of("wild-1", "wild-22", "wild.1", "tame-1")) {
                run(clients, launch(Map.of("Name", name, "test", "wildcards")));
            }
            return List.of(
                    names(describe(
                            clients,
                            request -> request.filters(filter("tag:test", "wildcards"), filter("tag:Name", "wild-*")))),
                    names(describe(
                            clients,
                            request -> request.filters(filter("tag:test", "wild*"), filter("tag:Name", "wild-?")))));
        });
    }

    @Test
    void findsNothing() {
        same(clients -> names(describe(clients, request -> request.filters(filter("tag:test", "nobody-has-this")))));
    }

    @Test
    void listsInPages() {
        same(clients -> {
            for (int i = 0; i < 12; i++) {
                run(clients, launch(Map.of("Name", "page-" + i, "test", "pages")));
            }
            List<Integer> sizes = new ArrayList<>();
            List<Instance> all = new ArrayList<>();
            @Nullable String token = null;
            do {
                String next = token;
                DescribeInstancesResponse page = clients.ec2()
                        .describeInstances(request -> request.filters(filter("tag:test", "pages"))
                                .maxResults(5)
                                .nextToken(next));
                List<Instance> members = page.reservations().stream()
                        .flatMap(reservation -> reservation.instances().stream())
                        .toList();
                sizes.add(members.size());
                all.addAll(members);
                token = page.nextToken();
            } while (token != null && !token.isEmpty());
            return List.of(sizes, names(all));
        });
    }

    @Test
    void unknownInstanceIsAnError() {
        sameError(clients -> describe(clients, request -> request.instanceIds(UNKNOWN_ID)));
    }

    @Test
    void terminates() {
        same(clients -> {
            String id = run(clients, launch(Map.of("test", "terminates")));
            describe(clients, request -> request.instanceIds(id));
            return List.of(
                    changes(terminate(clients, id)), shown(describe(clients, request -> request.instanceIds(id))));
        });
    }

    @Test
    void terminatesNoneWhenOneIsUnknown() {
        same(clients -> {
            String id = run(clients, launch(Map.of("test", "terminates-none")));
            String code = error(clients, c -> terminate(c, id, UNKNOWN_ID));
            return List.of(code, shown(describe(clients, request -> request.instanceIds(id))));
        });
    }

    @Test
    void tagsLater() {
        same(clients -> {
            String id = run(clients, launch(Map.of("Name", "before", "test", "tags")));
            clients.ec2()
                    .createTags(request -> request.resources(id)
                            .tags(tag("mayfly:suspect", "2026-11-24T00:00:00Z"), tag("Name", "after")));
            return shown(describe(clients, request -> request.filters(filter("tag-key", "mayfly:suspect"))));
        });
    }

    @Test
    void getsParametersAndNamesTheInvalidOnes() {
        same(clients -> {
            putSecret(clients, "/contract/many/a", "one $ {two}\nthree");
            putSecret(clients, "/contract/many/b", "ü");
            var answer = clients.ssm()
                    .getParameters(
                            request -> request.names("/contract/many/a", "/contract/many/none", "/contract/many/b")
                                    .withDecryption(true));
            Map<String, String> found = new TreeMap<>();
            answer.parameters()
                    .forEach(parameter -> found.put(
                            parameter.name(),
                            parameter.typeAsString() + " " + parameter.version() + " " + parameter.value()));
            return List.of(found, answer.invalidParameters());
        });
    }

    @Test
    void secretIsEncryptedUnlessAskedFor() {
        same(clients -> {
            putSecret(clients, "/contract/encrypted", "the secret");
            String value = clients.ssm()
                    .getParameters(request -> request.names("/contract/encrypted"))
                    .parameters()
                    .getFirst()
                    .value();
            return value.equals("the secret");
        });
    }

    @Test
    void asksForAtMostTenParameters() {
        sameError(clients -> clients.ssm()
                .getParameters(request -> request.names(
                        IntStream.range(0, 11).mapToObj(i -> "/contract/" + i).toList())));
    }

    @Test
    void getsOneParameter() {
        same(clients -> {
            putSecret(clients, "/contract/one", "value");
            return clients.ssm()
                    .getParameter(request -> request.name("/contract/one").withDecryption(true))
                    .parameter()
                    .value();
        });
    }

    @Test
    void unknownParameterIsAnError() {
        sameError(clients -> clients.ssm().getParameter(request -> request.name("/contract/none")));
    }

    @Test
    void overwritesParametersOnlyWhenTold() {
        same(clients -> {
            putSecret(clients, "/contract/overwritten", "1");
            String refused = error(clients, c -> putSecret(c, "/contract/overwritten", "2"));
            long version = clients.ssm()
                    .putParameter(request -> request.name("/contract/overwritten")
                            .type(ParameterType.SECURE_STRING)
                            .value("3")
                            .overwrite(true))
                    .version();
            return List.of(refused, version);
        });
    }

    private static void same(Function<PlainAwsClients, Object> calls) {
        assertThat(calls.apply(ours)).as("as moto answers").isEqualTo(calls.apply(moto));
    }

    private static void sameError(Function<PlainAwsClients, Object> call) {
        same(clients -> error(clients, call));
    }

    /** The code and status of the error, which there must be. */
    private static String error(PlainAwsClients clients, Function<PlainAwsClients, Object> call) {
        try {
            return "no error but " + call.apply(clients);
        } catch (AwsServiceException e) {
            return e.awsErrorDetails().errorCode() + " " + e.statusCode();
        }
    }

    private static RunInstancesRequest.Builder launch(Map<String, String> tags) {
        RunInstancesRequest.Builder request = RunInstancesRequest.builder()
                .imageId(image)
                .instanceType(InstanceType.T3_MICRO)
                .subnetId(subnet)
                .instanceInitiatedShutdownBehavior(ShutdownBehavior.TERMINATE)
                .minCount(1)
                .maxCount(1);
        return tags.isEmpty()
                ? request
                : request.tagSpecifications(
                        specification(ResourceType.INSTANCE, tags), specification(ResourceType.VOLUME, tags));
    }

    private static TagSpecification specification(ResourceType type, Map<String, String> tags) {
        return TagSpecification.builder()
                .resourceType(type)
                .tags(tags.entrySet().stream()
                        .map(entry -> tag(entry.getKey(), entry.getValue()))
                        .toList())
                .build();
    }

    private static Tag tag(String key, String value) {
        return Tag.builder().key(key).value(value).build();
    }

    private static Filter filter(String name, String... values) {
        return Filter.builder().name(name).values(values).build();
    }

    private static String run(PlainAwsClients clients, RunInstancesRequest.Builder request) {
        return clients.ec2()
                .runInstances(request.build())
                .instances()
                .getFirst()
                .instanceId();
    }

    private static List<Instance> describe(
            PlainAwsClients clients, Consumer<DescribeInstancesRequest.Builder> request) {
        return clients.ec2().describeInstances(request).reservations().stream()
                .flatMap(reservation -> reservation.instances().stream())
                .toList();
    }

    private static List<InstanceStateChange> terminate(PlainAwsClients clients, String... ids) {
        return clients.ec2()
                .terminateInstances(request -> request.instanceIds(ids))
                .terminatingInstances();
    }

    private static String putSecret(PlainAwsClients clients, String name, String value) {
        return clients.ssm()
                .putParameter(request ->
                        request.name(name).type(ParameterType.SECURE_STRING).value(value))
                .tierAsString();
    }

    /** What does not depend on who answers. */
    private static List<Object> shown(List<Instance> instances) {
        return instances.stream()
                .map(instance -> (Object) List.of(
                        instance.state().nameAsString() + " " + instance.state().code(),
                        instance.instanceTypeAsString(),
                        instance.imageId(),
                        instance.subnetId(),
                        tags(instance)))
                .toList();
    }

    private static Map<String, String> tags(Instance instance) {
        Map<String, String> tags = new TreeMap<>();
        instance.tags().forEach(tag -> tags.put(tag.key(), tag.value()));
        return tags;
    }

    private static List<String> names(List<Instance> instances) {
        return instances.stream()
                .map(instance -> tags(instance).getOrDefault("Name", "without a name"))
                .sorted()
                .toList();
    }

    private static List<String> changes(List<InstanceStateChange> changes) {
        return changes.stream()
                .map(change -> change.previousState().nameAsString() + " -> "
                        + change.currentState().nameAsString())
                .toList();
    }
}
