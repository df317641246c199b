package io.mayfly.policy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mayfly.playground.wire.Call;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * What AWS asks IAM when it gets a call, as the Service Authorization Reference has it: for each resource that the call
 * uses or makes, and for what it does by the way.
 *
 * @see <a href="https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html">EC2</a>
 */
public final class Calls {

    private static final String EC2 = "arn:" + Template.PARTITION + ":ec2:" + Template.REGION + ":";
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Function<String, Map<String, String>> tags;
    private final Map<String, String> profileRoles;
    private final String parametersKey;

    /**
     * Knows what is in the account.
     *
     * @param tags the tags of an instance, by its id
     * @param profileRoles the role's ARN of an instance profile, by its name or ARN
     * @param parametersKey ARN of the key that encrypts the parameters
     */
    public Calls(Function<String, Map<String, String>> tags, Map<String, String> profileRoles, String parametersKey) {
        this.tags = tags;
        this.profileRoles = profileRoles;
        this.parametersKey = parametersKey;
    }

    /**
     * What AWS asks for a call.
     *
     * @throws IllegalArgumentException for an action whose questions are not known here
     */
    public List<Access> asked(Call call) {
        var form = call.parameters();
        return switch (call.name()) {
            case "RunInstances" -> launch(form);
            case "CreateTags" ->
                instances(call, "ResourceId").stream()
                        .map(access -> tagged(access, pairs(form, "Tag")))
                        .toList();
            case "TerminateInstances", "GetConsoleOutput" -> instances(call, "InstanceId");
            case "DescribeInstances" -> List.of(access("ec2:DescribeInstances", "*"));
            case "GetParameters" -> parameters(call.body());
            case "SendMessage", "ReceiveMessage" -> List.of(queue(call));
            // Signed by the instance, not by the function: AWS asks the function's role for nothing.
            case "GetCallerIdentity" -> List.of();
            default -> throw new IllegalArgumentException("what does AWS ask for " + call.name() + "?");
        };
    }

    private static Access queue(Call call) {
        try {
            var url = MAPPER.readTree(call.body()).path("QueueUrl").asText();
            var name = url.substring(url.lastIndexOf('/') + 1);
            return access(
                    "sqs:" + call.name(),
                    "arn:" + Template.PARTITION + ":sqs:" + Template.REGION + ":" + Template.ACCOUNT + ":" + name);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<Access> launch(Map<String, String> form) {
        var asked = new ArrayList<Access>();
        var image = value(form, "ImageId");
        if (image.startsWith("resolve:ssm:")) {
            asked.add(access("ssm:GetParameters", parameter(image.substring("resolve:ssm:".length()))));
            image = "ami-0123456789abcdef0";
        }
        asked.add(access("ec2:RunInstances", EC2 + ":image/" + image).with("ec2:Owner", Template.ACCOUNT));
        asked.add(access("ec2:RunInstances", own("subnet/" + value(form, "SubnetId"))));
        list(form, "SecurityGroupId")
                .forEach(group -> asked.add(access("ec2:RunInstances", own("security-group/" + group))));
        if (form.containsKey("KeyName")) {
            asked.add(access("ec2:RunInstances", own("key-pair/" + value(form, "KeyName"))));
        }
        made(form).forEach((type, specified) -> {
            var resource = own(type + "/*");
            asked.add(tagged(access("ec2:RunInstances", resource), specified));
            if (!specified.isEmpty()) {
                asked.add(
                        tagged(access("ec2:CreateTags", resource), specified).with("ec2:CreateAction", "RunInstances"));
            }
        });
        var profile = form.getOrDefault("IamInstanceProfile.Name", form.get("IamInstanceProfile.Arn"));
        if (profile != null) {
            var role = Objects.requireNonNull(profileRoles.get(profile), () -> "whose role is in " + profile + "?");
            asked.add(access("iam:PassRole", role).with("iam:PassedToService", "ec2.amazonaws.com"));
        }
        return asked;
    }

    /** What the launch brings into being, with the tags it asks for. */
    private static Map<String, Map<String, String>> made(Map<String, String> form) {
        var made = new LinkedHashMap<String, Map<String, String>>();
        made.put("instance", Map.of());
        made.put("volume", Map.of());
        made.put("network-interface", Map.of());
        if ("spot".equals(form.get("InstanceMarketOptions.MarketType"))) {
            made.put("spot-instances-request", Map.of());
        }
        for (var number : numbers(form, "TagSpecification")) {
            var prefix = "TagSpecification." + number;
            made.put(value(form, prefix + ".ResourceType"), pairs(form, prefix + ".Tag"));
        }
        return made;
    }

    private List<Access> instances(Call call, String prefix) {
        var ids = call.parameters().containsKey(prefix)
                ? List.of(value(call.parameters(), prefix))
                : list(call.parameters(), prefix);
        if (ids.isEmpty()) {
            throw new IllegalArgumentException(call + " names no instance");
        }
        return ids.stream()
                .map(id -> {
                    var context = new TreeMap<String, List<String>>();
                    tags.apply(id).forEach((key, value) -> context.put("aws:ResourceTag/" + key, List.of(value)));
                    return new Access("ec2:" + call.name(), own("instance/" + id), context)
                            .with("aws:RequestedRegion", Template.REGION);
                })
                .toList();
    }

    private List<Access> parameters(String body) {
        try {
            var asked = new ArrayList<Access>();
            var request = MAPPER.readTree(body);
            request.path("Names").forEach(name -> {
                var parameter = parameter(name.asText());
                asked.add(access("ssm:GetParameters", parameter));
                if (request.path("WithDecryption").asBoolean()) {
                    asked.add(access("kms:Decrypt", parametersKey)
                            .with("kms:ViaService", "ssm." + Template.REGION + ".amazonaws.com")
                            .with("kms:EncryptionContext:PARAMETER_ARN", parameter));
                }
            });
            return asked;
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Access access(String action, String resource) {
        return new Access(action, resource).with("aws:RequestedRegion", Template.REGION);
    }

    private static Access tagged(Access access, Map<String, String> requested) {
        var tagged = access;
        for (var tag : requested.entrySet()) {
            tagged = tagged.with("aws:RequestTag/" + tag.getKey(), tag.getValue());
        }
        return requested.isEmpty()
                ? tagged
                : tagged.with("aws:TagKeys", requested.keySet().toArray(String[]::new));
    }

    private static String own(String resource) {
        return EC2 + Template.ACCOUNT + ":" + resource;
    }

    private static String parameter(String name) {
        // What AWS publishes is nobody's.
        String account = name.startsWith("/aws/service/") ? "" : Template.ACCOUNT;
        return "arn:" + Template.PARTITION + ":ssm:" + Template.REGION + ":" + account + ":parameter" + name;
    }

    private static String value(Map<String, String> form, String name) {
        return Objects.requireNonNull(form.get(name), () -> "the call has no " + name);
    }

    private static List<String> list(Map<String, String> form, String prefix) {
        return numbers(form, prefix).stream()
                .map(number -> value(form, prefix + "." + number))
                .toList();
    }

    private static Map<String, String> pairs(Map<String, String> form, String prefix) {
        var pairs = new LinkedHashMap<String, String>();
        for (var number : numbers(form, prefix)) {
            pairs.put(
                    value(form, prefix + "." + number + ".Key"),
                    form.getOrDefault(prefix + "." + number + ".Value", ""));
        }
        return pairs;
    }

    private static Set<Integer> numbers(Map<String, String> form, String prefix) {
        var numbers = new TreeSet<Integer>();
        for (var name : form.keySet()) {
            if (name.startsWith(prefix + ".")) {
                numbers.add(Integer.valueOf(name.substring(prefix.length() + 1).split("\\.", 2)[0]));
            }
        }
        return numbers;
    }
}
