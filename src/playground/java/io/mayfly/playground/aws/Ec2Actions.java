package io.mayfly.playground.aws;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import io.mayfly.playground.wire.ServerResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The actions of EC2's query API that launch, show and end instances. */
final class Ec2Actions {

    private static final String NAMESPACE = "http://ec2.amazonaws.com/doc/2016-11-15/";
    private static final int MIN_RESULTS = 5;
    private static final int MAX_RESULTS = 1000;

    private final InstantSource clock;
    private final EmulatedInstances instances;
    private final Capacity capacity;
    private final EmulatedParameterStore parameters;
    private final InstanceXml instanceXml;
    private volatile int describedAtOnce = MAX_RESULTS;

    Ec2Actions(
            InstantSource clock,
            EmulatedInstances instances,
            Capacity capacity,
            EmulatedParameterStore parameters,
            InstanceXml instanceXml) {
        this.clock = clock;
        this.instances = instances;
        this.capacity = capacity;
        this.parameters = parameters;
        this.instanceXml = instanceXml;
    }

    void describedAtOnce(int value) {
        describedAtOnce = value;
    }

    ServerResponse carryOut(String action, QueryParameters query, String requestId) {
        if (query.find("DryRun").filter("true"::equals).isPresent()) {
            throw new AwsError("DryRunOperation", "Request would have succeeded, but DryRun flag is set.");
        }
        Consumer<Xml> result = switch (action) {
            case "RunInstances" -> run(query);
            case "DescribeInstances" -> describe(query);
            case "TerminateInstances" -> terminate(query);
            case "CreateTags" -> createTags(query);
            case "GetConsoleOutput" -> consoleOutput(query);
            case "DescribeSubnets" -> subnets(query);
            default ->
                throw new AwsError("InvalidAction", "The action " + action + " is not valid for this web service.");
        };
        String body = new Xml()
                .inside(action + "Response xmlns=\"" + NAMESPACE + "\"", response -> {
                    response.element("requestId", requestId);
                    result.accept(response);
                })
                .document();
        return new ServerResponse(200, Map.of("Content-Type", "text/xml;charset=UTF-8"), body);
    }

    private Consumer<Xml> run(QueryParameters query) {
        EmulatedLaunch launch = EmulatedLaunch.of(query, parameters);
        List<EmulatedInstance> launched = instances.launch(launch, query, capacity);
        return xml -> instanceXml.reservation(xml, launched, instance -> EmulatedInstance.State.PENDING);
    }

    private Consumer<Xml> describe(QueryParameters query) {
        List<String> ids = query.list("InstanceId");
        if (!ids.isEmpty() && query.find("MaxResults").isPresent()) {
            throw new AwsError(
                    "InvalidParameterCombination",
                    "The parameter instancesSet cannot be used with the parameter maxResults");
        }
        int size = query.number("MaxResults", MAX_RESULTS);
        if (size < MIN_RESULTS || size > MAX_RESULTS) {
            throw new AwsError(
                    "InvalidParameterValue",
                    "Value ( " + size
                            + " ) for parameter maxResults is invalid. Expecting a value between 5 and 1000.");
        }
        size = Math.min(size, describedAtOnce);
        EmulatedInstances.Described all = instances.describe();
        Instant asOf = all.asOf();
        String after = query.find("NextToken").map(Ec2Actions::decode).orElse("");
        List<EmulatedInstance> rest = (ids.isEmpty() ? all : all.only(ids))
                .instances().stream()
                        .filter(Filters.of(query, asOf))
                        .filter(instance -> instance.id().compareTo(after) > 0)
                        .toList();
        List<EmulatedInstance> page = rest.subList(0, Math.min(size, rest.size()));
        Collection<List<EmulatedInstance>> reservations = page.stream()
                .collect(groupingBy(EmulatedInstance::reservation, LinkedHashMap::new, toList()))
                .values();
        return xml -> {
            xml.items(
                    "reservationSet",
                    reservations,
                    (item, members) -> instanceXml.reservation(item, members, instance -> instance.state(asOf)));
            if (page.size() < rest.size()) {
                xml.element("nextToken", encode(page.getLast().id()));
            }
        };
    }

    private Consumer<Xml> terminate(QueryParameters query) {
        List<String> ids = query.list("InstanceId");
        if (ids.isEmpty()) {
            query.require("InstanceId");
        }
        Instant now = clock.instant();
        List<EmulatedInstance> before = instances.require(ids);
        before.forEach(instance -> instances.terminate(instance.id()));
        return xml -> xml.items("instancesSet", before, (item, instance) -> {
            item.element("instanceId", instance.id());
            boolean over = instance.state(now) == EmulatedInstance.State.TERMINATED;
            InstanceXml.state(
                    item,
                    "currentState",
                    over ? EmulatedInstance.State.TERMINATED : EmulatedInstance.State.SHUTTING_DOWN);
            InstanceXml.state(item, "previousState", instance.state(now));
        });
    }

    private Consumer<Xml> createTags(QueryParameters query) {
        List<String> ids = query.list("ResourceId");
        if (ids.isEmpty()) {
            query.require("ResourceId");
        }
        instances.tag(ids, query.tags("Tag"));
        return xml -> xml.element("return", true);
    }

    private Consumer<Xml> consoleOutput(QueryParameters query) {
        String id = query.require("InstanceId");
        instances.require(List.of(id));
        return xml -> xml.element("instanceId", id)
                .element("timestamp", InstanceDetails.time(clock.instant()))
                .element("output", encode(instances.consoleOf(id)));
    }

    private static Consumer<Xml> subnets(QueryParameters query) {
        return xml -> xml.items(
                "subnetSet",
                query.list("SubnetId"),
                (item, subnet) -> item.element("subnetId", subnet)
                        .element("vpcId", Subnets.VPC)
                        .element("state", "available")
                        .element("availabilityZone", Subnets.zone(subnet)));
    }

    private static String encode(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String decode(String token) {
        try {
            return new String(Base64.getDecoder().decode(token), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new AwsError("InvalidParameterValue", "Unable to parse pagination token");
        }
    }
}
