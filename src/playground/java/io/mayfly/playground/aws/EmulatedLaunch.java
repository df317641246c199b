package io.mayfly.playground.aws;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * What RunInstances was asked for, after EC2's own checks.
 *
 * @param market {@code on-demand} or {@code spot}
 * @param userData decoded, and unpacked where it was sent as gzip
 * @param specifiedTags by the type of resource that they are for
 * @param parameters as sent, for what has no field of its own
 */
public record EmulatedLaunch(
        String imageId,
        String instanceType,
        @Nullable String subnetId,
        List<String> securityGroups,
        String market,
        String userData,
        String shutdownBehavior,
        Map<String, Map<String, String>> specifiedTags,
        @Nullable String clientToken,
        Map<String, String> parameters) {

    /** The limit is for the raw data, before base64. */
    private static final int MAX_USER_DATA = 16 * 1024;

    private static final int MAX_TAGS = 50;
    private static final int MAX_TAG_KEY = 128;
    private static final int MAX_TAG_VALUE = 256;
    private static final int MAX_CLIENT_TOKEN = 64;
    private static final Set<String> TAGGED =
            Set.of("instance", "volume", "network-interface", "spot-instances-request", "elastic-gpu");
    private static final Pattern READABLE_KEY = Pattern.compile("(?!(\\.{1,2}|_index)$)[0-9a-zA-Z_+=,.@:-]{1,255}");
    private static final Pattern IMAGE = Pattern.compile("ami-[0-9a-f]{8}(?:[0-9a-f]{9})?");

    static EmulatedLaunch of(QueryParameters query, EmulatedParameterStore parameters) {
        String image = image(query.require("ImageId"), parameters);
        checkCount(query);
        query.find("ClientToken")
                .filter(token -> token.length() > MAX_CLIENT_TOKEN)
                .ifPresent(token -> {
                    throw new AwsError("InvalidParameterValue", "Length of ClientToken exceeds the maximum");
                });
        Map<String, Map<String, String>> tags = query.specifiedTags();
        tags.forEach((resource, specified) -> {
            if (!TAGGED.contains(resource)) {
                throw new AwsError(
                        "InvalidParameterValue",
                        "'" + resource + "' is not a valid taggable resource type for this operation.");
            }
            checkTags(specified);
        });
        if (query.find("MetadataOptions.InstanceMetadataTags")
                .filter("enabled"::equals)
                .isPresent()) {
            checkReadable(tags.getOrDefault("instance", Map.of()));
        }
        return new EmulatedLaunch(
                image,
                query.find("InstanceType").orElse("m1.small"),
                query.find("SubnetId")
                        .or(() -> query.find("NetworkInterface.1.SubnetId"))
                        .orElse(null),
                query.list("SecurityGroupId"),
                query.find("InstanceMarketOptions.MarketType").orElse("on-demand"),
                userData(query.find("UserData").orElse("")),
                query.find("InstanceInitiatedShutdownBehavior").orElse("stop"),
                tags,
                query.find("ClientToken").orElse(null),
                query.all());
    }

    /** The tags of the instance. */
    public Map<String, String> tags() {
        return tagsOf("instance");
    }

    /** The tags of what comes into being with it. */
    public Map<String, String> tagsOf(String resource) {
        return specifiedTags.getOrDefault(resource, Map.of());
    }

    /** The zone of its subnet: the emulator knows no more of a subnet than its name. */
    String zone() {
        return Subnets.zone(subnetId);
    }

    int count() {
        return Integer.parseInt(parameters.getOrDefault("MaxCount", "1"));
    }

    private static void checkCount(QueryParameters query) {
        query.require("MinCount");
        query.require("MaxCount");
        int least = query.number("MinCount", 1);
        int most = query.number("MaxCount", 1);
        if (least < 1 || least > most) {
            throw new AwsError("InvalidParameterValue", "Invalid value for MinCount or MaxCount");
        }
    }

    private static String image(String asked, EmulatedParameterStore parameters) {
        String image = asked;
        if (asked.startsWith("resolve:ssm:")) {
            image = parameters
                    .find(asked.substring("resolve:ssm:".length()))
                    .orElseThrow(() -> new AwsError(
                            "InvalidParameterValue", "Unable to resolve the parameter of '" + asked + "'"));
        }
        if (!IMAGE.matcher(image).matches()) {
            throw new AwsError("InvalidAMIID.Malformed", "Invalid id: \"" + image + "\" (expecting \"ami-...\")");
        }
        return image;
    }

    private static String userData(String encoded) {
        try {
            byte[] raw = Base64.getDecoder().decode(encoded);
            if (raw.length > MAX_USER_DATA) {
                throw new AwsError("InvalidParameterValue", "User data is limited to 16384 bytes");
            }
            return new String(isGzip(raw) ? unpacked(raw) : raw, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new AwsError("InvalidParameterValue", "Invalid BASE64 encoding of user data.");
        }
    }

    private static boolean isGzip(byte[] raw) {
        return raw.length > 1 && (raw[0] & 0xff) == 0x1f && (raw[1] & 0xff) == 0x8b;
    }

    /** As cloud-init does; what is no gzip after all is nothing to it. */
    private static byte[] unpacked(byte[] raw) {
        try (var gzip = new GZIPInputStream(new ByteArrayInputStream(raw))) {
            return gzip.readAllBytes();
        } catch (IOException e) {
            return new byte[0];
        }
    }

    /** EC2's rule for keys that the instance itself may read. */
    private static void checkReadable(Map<String, String> tags) {
        tags.keySet().forEach(key -> {
            if (!READABLE_KEY.matcher(key).matches()) {
                throw new AwsError(
                        "InvalidParameterValue",
                        "'" + key
                                + "' is not a valid tag key. Tag keys must match pattern ([0-9a-zA-Z\\-_+=,.@:]{1,255}), and"
                                + " must not be a reserved name ('.', '..', '_index')");
            }
        });
    }

    /** Whether the instance may read its own tags. */
    public boolean tagsInMetadata() {
        return "enabled".equals(parameters.get("MetadataOptions.InstanceMetadataTags"));
    }

    static void checkTags(Map<String, String> tags) {
        if (tags.size() > MAX_TAGS) {
            throw new AwsError("TagLimitExceeded", "The maximum number of Tags for a resource has been reached.");
        }
        tags.forEach((key, value) -> {
            if (key.length() > MAX_TAG_KEY || value.length() > MAX_TAG_VALUE || key.startsWith("aws:")) {
                throw new AwsError("InvalidParameterValue", "Tag '" + key + "' is reserved or too long");
            }
        });
    }

    /** Without user data, which holds an instance's ticket. */
    @Override
    public String toString() {
        return instanceType + " " + market + " in " + subnetId + " " + tags();
    }
}
