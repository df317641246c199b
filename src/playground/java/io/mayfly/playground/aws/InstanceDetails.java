package io.mayfly.playground.aws;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What EC2 says of an instance besides what anybody here asks for: it makes five of six kilobytes.
 *
 * @see <a href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Instance.html">Instance</a>
 */
final class InstanceDetails {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss'.000Z'").withZone(ZoneOffset.UTC);

    private static final String ADDRESS = "10.0.0.4";
    private static final String NAME = "ip-10-0-0-4.ec2.internal";
    private static final String DEVICE = "/dev/sda1";

    private InstanceDetails() {}

    /** EC2 knows launches to the second. */
    static String time(Instant instant) {
        return TIME.format(instant);
    }

    static void write(Xml xml, EmulatedInstance instance) {
        String number = instance.id().substring(2);
        String launched = time(instance.launchedAt());
        xml.element("productCodes", "")
                .element("sourceDestCheck", true)
                .element("rootDeviceName", DEVICE)
                .element("virtualizationType", "hvm")
                .element("hypervisor", "xen")
                .element("ebsOptimized", false)
                .element("enaSupport", true)
                .element("platformDetails", "Linux/UNIX")
                .element("bootMode", "uefi-preferred")
                .element("currentInstanceBootMode", "uefi");
        if (instance.market().equals("spot")) {
            xml.element("spotInstanceRequestId", "sir-" + number.substring(number.length() - 8))
                    .element("usageOperation", "RunInstances:SV001");
        } else {
            xml.element("usageOperation", "RunInstances");
        }
        xml.element("usageOperationUpdateTime", launched);
        disk(xml, number, launched);
        network(xml, instance, number, launched);
        profile(xml, instance);
        options(xml);
    }

    private static void disk(Xml xml, String number, String since) {
        xml.items(
                "blockDeviceMapping",
                List.of(DEVICE),
                (item, device) -> item.element("deviceName", device)
                        .inside(
                                "ebs",
                                disk -> disk.element("volumeId", "vol-" + number)
                                        .element("status", "attached")
                                        .element("attachTime", since)
                                        .element("deleteOnTermination", true)));
    }

    private static void network(Xml xml, EmulatedInstance instance, String number, String since) {
        xml.items(
                "networkInterfaceSet",
                List.of(number),
                (item, one) -> item.element("networkInterfaceId", "eni-" + one)
                        .element("subnetId", instance.subnet())
                        .element("vpcId", Subnets.VPC)
                        .element("description", "")
                        .element("ownerId", AwsEmulator.ACCOUNT)
                        .element("status", "in-use")
                        .element("macAddress", "02:00:00:00:00:00")
                        .element("privateIpAddress", ADDRESS)
                        .element("privateDnsName", NAME)
                        .element("sourceDestCheck", true)
                        .element("interfaceType", "interface")
                        .items(
                                "groupSet",
                                instance.launch().securityGroups(),
                                (entry, group) ->
                                        entry.element("groupId", group).element("groupName", group))
                        .inside(
                                "attachment",
                                attachment -> attachment
                                        .element("attachmentId", "eni-attach-" + one)
                                        .element("deviceIndex", 0)
                                        .element("networkCardIndex", 0)
                                        .element("status", "attached")
                                        .element("attachTime", since)
                                        .element("deleteOnTermination", true))
                        .items(
                                "privateIpAddressesSet",
                                List.of(ADDRESS),
                                (entry, address) -> entry.element("privateIpAddress", address)
                                        .element("privateDnsName", NAME)
                                        .element("primary", true))
                        .element("ipv6AddressesSet", "")
                        .inside("operator", operator -> operator.element("managed", false)));
    }

    private static void profile(Xml xml, EmulatedInstance instance) {
        @Nullable String name = instance.launch().parameters().get("IamInstanceProfile.Name");
        if (name != null) {
            xml.inside(
                    "iamInstanceProfile",
                    profile -> profile.element(
                                    "arn", "arn:aws:iam::" + AwsEmulator.ACCOUNT + ":instance-profile/" + name)
                            .element("id", "AIPA1234567890EXAMPLE"));
        }
    }

    private static void options(Xml xml) {
        xml.inside(
                        "capacityReservationSpecification",
                        options -> options.element("capacityReservationPreference", "open"))
                .inside("hibernationOptions", options -> options.element("configured", false))
                .inside("enclaveOptions", options -> options.element("enabled", false))
                .inside(
                        "metadataOptions",
                        options -> options.element("state", "applied")
                                .element("httpTokens", "required")
                                .element("httpPutResponseHopLimit", 1)
                                .element("httpEndpoint", "enabled")
                                .element("httpProtocolIpv6", "disabled")
                                .element("instanceMetadataTags", "disabled"))
                .inside("cpuOptions", options -> options.element("coreCount", 2).element("threadsPerCore", 2))
                .inside(
                        "privateDnsNameOptions",
                        options -> options.element("hostnameType", "ip-name")
                                .element("enableResourceNameDnsARecord", false)
                                .element("enableResourceNameDnsAAAARecord", false))
                .inside(
                        "maintenanceOptions",
                        options -> options.element("autoRecovery", "default").element("rebootMigration", "default"))
                .inside("networkPerformanceOptions", options -> options.element("bandwidthWeighting", "default"))
                .inside("operator", operator -> operator.element("managed", false));
    }
}
