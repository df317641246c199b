package io.mayfly.playground.aws;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Instances in the XML of EC2. */
final class InstanceXml {

    private final boolean whole;

    /** Whole, or only what anybody here asks for. */
    InstanceXml(boolean whole) {
        this.whole = whole;
    }

    /** One launch with its instances, as RunInstances answers and DescribeInstances lists. */
    void reservation(
            Xml xml, Collection<EmulatedInstance> members, Function<EmulatedInstance, EmulatedInstance.State> state) {
        EmulatedInstance first = members.iterator().next();
        xml.element("reservationId", first.reservation())
                .element("ownerId", AwsEmulator.ACCOUNT)
                .items("groupSet", List.of(), (item, none) -> {})
                .items("instancesSet", members, (item, instance) -> instance(item, instance, state.apply(instance)));
    }

    static void state(Xml xml, String name, EmulatedInstance.State state) {
        xml.inside(name, element -> element.element("code", state.code()).element("name", state.text()));
    }

    private void instance(Xml xml, EmulatedInstance instance, EmulatedInstance.State state) {
        EmulatedLaunch launch = instance.launch();
        xml.element("instanceId", instance.id()).element("imageId", launch.imageId());
        state(xml, "instanceState", state);
        xml.element("privateDnsName", "ip-10-0-0-4.ec2.internal")
                .element("dnsName", "")
                .element("reason", instance.reason())
                .element("keyName", launch.parameters().get("KeyName"))
                .element("amiLaunchIndex", instance.index())
                .element("instanceType", instance.type())
                .element("launchTime", whole ? InstanceDetails.time(instance.launchedAt()) : instance.launchedAt())
                .inside(
                        "placement",
                        placement -> placement
                                .element("availabilityZone", instance.zone())
                                .element("tenancy", "default"))
                .inside("monitoring", monitoring -> monitoring.element("state", "disabled"))
                .element("subnetId", instance.subnet())
                .element("vpcId", Subnets.VPC)
                .element("privateIpAddress", "10.0.0.4")
                .items(
                        "groupSet",
                        launch.securityGroups(),
                        (item, group) -> item.element("groupId", group).element("groupName", group))
                .element("architecture", "x86_64")
                .element("rootDeviceType", "ebs")
                .element("instanceLifecycle", launch.market().equals("spot") ? "spot" : null)
                .element("clientToken", launch.clientToken());
        if (whole) {
            InstanceDetails.write(xml, instance);
        }
        reason(xml, instance);
        tags(xml, instance.tags());
    }

    private static void reason(Xml xml, EmulatedInstance instance) {
        int colon = instance.reason().indexOf(':');
        if (colon > 0) {
            xml.inside(
                    "stateReason",
                    reason -> reason.element("code", instance.reason().substring(0, colon))
                            .element("message", instance.reason()));
        }
    }

    private static void tags(Xml xml, Map<String, String> tags) {
        xml.items(
                "tagSet",
                tags.entrySet(),
                (item, tag) -> item.element("key", tag.getKey()).element("value", tag.getValue()));
    }
}
