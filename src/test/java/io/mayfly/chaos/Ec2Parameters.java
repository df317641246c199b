package io.mayfly.chaos;

import io.mayfly.playground.aws.AwsEmulator;
import io.mayfly.playground.wire.ServerResponse;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** The parameters of a call of EC2's query protocol. */
record Ec2Parameters(Map<String, String> all) {

    private static final Pattern CODE = Pattern.compile("<Code>([^<]*)</Code>");

    static Ec2Parameters of(Network.Call call) {
        return new Ec2Parameters(AwsEmulator.parameters(call.body));
    }

    /** The instances that are named. */
    List<String> ids() {
        return all.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith("InstanceId.")
                        || entry.getKey().startsWith("ResourceId.")
                        || entry.getKey().equals("InstanceId"))
                .map(Map.Entry::getValue)
                .toList();
    }

    /** Where a launch is tried. */
    String subnet() {
        return all.getOrDefault("SubnetId", "");
    }

    /** How many are asked for. */
    int number() {
        return Integer.parseInt(all.getOrDefault("MaxCount", "1"));
    }

    /** By which type, subnet and market a launch is tried. */
    String choice() {
        return all.get("InstanceType") + " " + subnet() + " "
                + all.getOrDefault("InstanceMarketOptions.MarketType", "on-demand");
    }

    /** The tags that a call writes. */
    Map<String, String> tags() {
        var tags = new TreeMap<String, String>();
        all.forEach((key, value) -> {
            if (key.startsWith("Tag.") && key.endsWith(".Key")) {
                tags.put(value, all.getOrDefault(key.replaceFirst("Key$", "Value"), ""));
            }
        });
        return tags;
    }

    /** The error code of an answer; empty for none. */
    static String code(ServerResponse response) {
        var code = CODE.matcher(response.body());
        return code.find() ? code.group(1) : "";
    }

    /** The value of a tag that a launch gives; empty for none. */
    String tag(String key) {
        return all.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith("TagSpecification.1.Tag.")
                        && entry.getKey().endsWith(".Key")
                        && entry.getValue().equals(key))
                .map(entry -> all.getOrDefault(entry.getKey().replaceFirst("Key$", "Value"), ""))
                .findFirst()
                .orElse("");
    }

    /** A short text of what a call is about. */
    String about(String operation) {
        return switch (operation) {
            case "RunInstances" -> tag("mayfly:job") + " " + choice();
            case "CreateTags" -> String.join(" ", ids()) + " " + tags();
            case "TerminateInstances", "GetConsoleOutput" -> String.join(" ", ids());
            case "DescribeInstances" -> filters();
            default -> "";
        };
    }

    private String filters() {
        return all.entrySet().stream()
                .filter(entry ->
                        entry.getKey().startsWith("Filter.") && entry.getKey().contains(".Value"))
                .map(Map.Entry::getValue)
                .sorted()
                .toList()
                .toString();
    }
}
