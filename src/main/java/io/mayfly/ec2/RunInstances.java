package io.mayfly.ec2;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ec2.model.BlockDeviceMapping;
import software.amazon.awssdk.services.ec2.model.EbsBlockDevice;
import software.amazon.awssdk.services.ec2.model.HttpTokensState;
import software.amazon.awssdk.services.ec2.model.IamInstanceProfileSpecification;
import software.amazon.awssdk.services.ec2.model.InstanceInterruptionBehavior;
import software.amazon.awssdk.services.ec2.model.InstanceMarketOptionsRequest;
import software.amazon.awssdk.services.ec2.model.InstanceMetadataEndpointState;
import software.amazon.awssdk.services.ec2.model.InstanceMetadataOptionsRequest;
import software.amazon.awssdk.services.ec2.model.InstanceMetadataTagsState;
import software.amazon.awssdk.services.ec2.model.MarketType;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import software.amazon.awssdk.services.ec2.model.ShutdownBehavior;
import software.amazon.awssdk.services.ec2.model.SpotInstanceType;
import software.amazon.awssdk.services.ec2.model.SpotMarketOptions;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.TagSpecification;
import software.amazon.awssdk.services.ec2.model.VolumeType;

/** The request by which a choice is launched. */
final class RunInstances {

    private static final String PARAMETER = "ssm:";

    private RunInstances() {}

    static RunInstancesRequest.Builder request(LaunchRequest launch, Offering offering) {
        var request = RunInstancesRequest.builder()
                .imageId(launch.ami().startsWith(PARAMETER) ? "resolve:" + launch.ami() : launch.ami())
                .instanceType(offering.instanceType())
                .subnetId(offering.subnet())
                .securityGroupIds(launch.access().securityGroups())
                .minCount(1)
                .maxCount(launch.number())
                .clientToken(clientToken(launch, offering))
                .userData(Base64.getEncoder().encodeToString(launch.userData().getBytes(StandardCharsets.UTF_8)))
                .instanceInitiatedShutdownBehavior(ShutdownBehavior.TERMINATE)
                .metadataOptions(metadata(launch.access().tagsInMetadata()))
                .blockDeviceMappings(rootVolume(launch))
                .tagSpecifications(tags(launch, offering));
        var access = launch.access();
        if (access.keyName() != null) {
            request.keyName(access.keyName());
        }
        if (access.instanceProfile() != null) {
            request.iamInstanceProfile(profile(access.instanceProfile()));
        }
        if (offering.capacityType() == CapacityType.SPOT) {
            request.instanceMarketOptions(spot());
        }
        return request;
    }

    /**
     * EC2 launches once for each token in a zone, so this is the lock between all that launch for the same purpose. It takes up
     * to 64 ASCII characters.
     */
    static String clientToken(LaunchRequest launch, Offering offering) {
        var identity = String.join(
                "\n",
                String.join("\n", launch.purpose()),
                offering.instanceType(),
                offering.subnet(),
                offering.capacityType().toString());
        try {
            var hash = MessageDigest.getInstance("SHA-256").digest(identity.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static InstanceMetadataOptionsRequest metadata(boolean tags) {
        var options = InstanceMetadataOptionsRequest.builder()
                .httpEndpoint(InstanceMetadataEndpointState.ENABLED)
                .httpTokens(HttpTokensState.REQUIRED)
                .httpPutResponseHopLimit(1);
        return (tags ? options.instanceMetadataTags(InstanceMetadataTagsState.ENABLED) : options).build();
    }

    private static BlockDeviceMapping rootVolume(LaunchRequest launch) {
        return BlockDeviceMapping.builder()
                .deviceName(launch.rootVolume().device())
                .ebs(EbsBlockDevice.builder()
                        .volumeSize(launch.rootVolume().gb())
                        .volumeType(VolumeType.GP3)
                        .encrypted(true)
                        .deleteOnTermination(true)
                        .build())
                .build();
    }

    private static IamInstanceProfileSpecification profile(String profile) {
        var specification = IamInstanceProfileSpecification.builder();
        return (profile.startsWith("arn:") ? specification.arn(profile) : specification.name(profile)).build();
    }

    private static InstanceMarketOptionsRequest spot() {
        return InstanceMarketOptionsRequest.builder()
                .marketType(MarketType.SPOT)
                .spotOptions(SpotMarketOptions.builder()
                        .spotInstanceType(SpotInstanceType.ONE_TIME)
                        .instanceInterruptionBehavior(InstanceInterruptionBehavior.TERMINATE)
                        .build())
                .build();
    }

    /**
     * All that comes into being: bills and clean-ups go by tags. The spot request too, which IAM lets the function make
     * only with its deployment's tag.
     */
    private static List<TagSpecification> tags(LaunchRequest launch, Offering offering) {
        var made = Stream.of(ResourceType.INSTANCE, ResourceType.VOLUME, ResourceType.NETWORK_INTERFACE);
        var spot = offering.capacityType() == CapacityType.SPOT
                ? Stream.of(ResourceType.SPOT_INSTANCES_REQUEST)
                : Stream.<ResourceType>empty();
        return Stream.concat(made, spot).map(type -> tags(launch, type)).toList();
    }

    private static TagSpecification tags(LaunchRequest launch, ResourceType type) {
        return TagSpecification.builder()
                .resourceType(type)
                .tags(tags(launch.tags()))
                .build();
    }

    /** Tags in EC2's words. */
    static List<Tag> tags(Map<String, String> tags) {
        return tags.entrySet().stream()
                .map(tag ->
                        Tag.builder().key(tag.getKey()).value(tag.getValue()).build())
                .toList();
    }
}
