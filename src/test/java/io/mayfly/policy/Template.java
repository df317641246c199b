package io.mayfly.policy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.AbstractConstruct;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * A CloudFormation template as it comes out for given parameters: its intrinsic functions resolved, as far as the
 * template uses them. An unknown one is an error, not a guess.
 */
public final class Template {

    public static final String PARTITION = "aws";
    public static final String REGION = "eu-west-1";
    public static final String ACCOUNT = "123456789012";

    /** Stands for {@code AWS::NoValue}. */
    private static final Object NOTHING = new Object();

    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([^}!]+)}");
    private static final Map<String, Object> PSEUDO = Map.of(
            "AWS::Partition", PARTITION,
            "AWS::Region", REGION,
            "AWS::AccountId", ACCOUNT,
            "AWS::URLSuffix", "amazonaws.com",
            "AWS::NoValue", NOTHING);

    private final Map<?, ?> template;
    private final Map<String, String> parameters = new LinkedHashMap<>();

    private Template(Map<?, ?> template, Map<String, String> given) {
        this.template = template;
        section("Parameters").forEach((name, parameter) -> {
            var value = given.getOrDefault(
                    name.toString(), Objects.toString(map(parameter).get("Default"), null));
            if (value == null) {
                throw new IllegalArgumentException("parameter " + name + " has no default");
            }
            parameters.put(name.toString(), value);
        });
        if (!parameters.keySet().containsAll(given.keySet())) {
            throw new IllegalArgumentException("unknown among the parameters " + given.keySet());
        }
    }

    /** The template that {@code make native-deploy} deploys. */
    public static Template deployed(Map<String, String> parameters) {
        try {
            return of(Files.readString(Path.of("deploy", "template.yaml")), parameters);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Template of(String yaml, Map<String, String> parameters) {
        return new Template(map(new Yaml(new Tags()).load(yaml)), parameters);
    }

    /** A policy by the logical id of its resource. */
    public Policy policy(String id) {
        return Policy.of(property(id, "PolicyDocument"));
    }

    /** What a resource's property comes out as, found by the keys that lead to it. */
    public Object property(String id, String... path) {
        var resource = section("Resources").get(id);
        if (resource == null) {
            throw new IllegalArgumentException("the template has no resource " + id);
        }
        Object value = resolve(map(resource).get("Properties"));
        for (var key : path) {
            value = map(value).get(key);
        }
        return Objects.requireNonNull(value, () -> id + " has no " + String.join(".", path));
    }

    private Map<?, ?> section(String name) {
        return template.get(name) instanceof Map<?, ?> section ? section : Map.of();
    }

    private Object resolve(@Nullable Object value) {
        return switch (value) {
            case null -> throw new IllegalArgumentException("a null in the template");
            case List<?> items ->
                items.stream()
                        .map(this::resolve)
                        .filter(item -> item != NOTHING)
                        .toList();
            case Map<?, ?> entries
            when isFunction(entries) -> {
                var function = entries.entrySet().iterator().next();
                yield call(function.getKey().toString(), Objects.requireNonNull(function.getValue()));
            }
            case Map<?, ?> entries -> {
                var resolved = new LinkedHashMap<String, Object>();
                entries.forEach((key, entry) -> {
                    var item = resolve(entry);
                    if (item != NOTHING) {
                        resolved.put(key.toString(), item);
                    }
                });
                yield resolved;
            }
            default -> value;
        };
    }

    private static boolean isFunction(Map<?, ?> entries) {
        return entries.size() == 1
                && entries.keySet().stream()
                        .map(Object::toString)
                        .allMatch(key -> key.equals("Ref") || key.startsWith("Fn::"));
    }

    private Object call(String function, Object argument) {
        return switch (function) {
            case "Ref" -> reference(argument.toString());
            case "Fn::GetAtt" -> attribute(argument);
            case "Fn::Sub" -> substitute(argument);
            case "Fn::If" -> {
                var choice = (List<?>) argument;
                yield resolve(choice.get(condition(choice.getFirst().toString()) ? 1 : 2));
            }
            case "Fn::Join" -> {
                var join = (List<?>) argument;
                var texts = ((List<?>) resolve(join.get(1)))
                        .stream().map(Object::toString).toList();
                yield String.join(join.getFirst().toString(), texts);
            }
            case "Fn::Split" -> {
                var split = (List<?>) argument;
                yield List.of(resolve(split.get(1))
                        .toString()
                        .split(Pattern.quote(split.getFirst().toString()), -1));
            }
            case "Fn::Equals" -> {
                var sides = (List<?>) resolve(argument);
                yield sides.get(0).toString().equals(sides.get(1).toString());
            }
            case "Fn::Not" -> !(Boolean) ((List<?>) resolve(argument)).getFirst();
            default -> throw new IllegalArgumentException("unknown function " + function);
        };
    }

    private boolean condition(String name) {
        return (Boolean) resolve(section("Conditions").get(name));
    }

    /** A resource stands for itself by its id, which is good enough to compare. */
    private Object reference(String name) {
        var pseudo = PSEUDO.get(name);
        if (pseudo != null) {
            return pseudo;
        }
        var parameter = parameters.get(name);
        if (parameter == null) {
            if (!section("Resources").containsKey(name)) {
                throw new IllegalArgumentException("nothing is called " + name);
            }
            return name;
        }
        var type = map(Objects.requireNonNull(section("Parameters").get(name))).get("Type");
        return "CommaDelimitedList".equals(type) ? List.of(parameter.split(",", -1)) : parameter;
    }

    /** An ARN that tells whose it is. */
    private String attribute(Object argument) {
        var path = argument instanceof List<?> parts
                ? String.join(".", parts.stream().map(Object::toString).toList())
                : argument.toString();
        var id = path.substring(0, path.indexOf('.'));
        var resource = section("Resources").get(id);
        if (resource == null) {
            throw new IllegalArgumentException("nothing is called " + id);
        }
        var service =
                Objects.toString(map(resource).get("Type")).split("::", -1)[1].toLowerCase(Locale.ROOT);
        return path.endsWith(".Arn")
                ? "arn:" + PARTITION + ":" + service + ":" + REGION + ":" + ACCOUNT + ":" + id
                : path;
    }

    private String substitute(Object argument) {
        var pattern = argument instanceof List<?> parts ? parts.getFirst().toString() : argument.toString();
        var own = argument instanceof List<?> parts ? map(parts.get(1)) : Map.of();
        return PLACEHOLDER.matcher(pattern).replaceAll(match -> Matcher.quoteReplacement(placeholder(match, own)));
    }

    private String placeholder(MatchResult match, Map<?, ?> own) {
        var name = match.group(1);
        if (own.containsKey(name)) {
            return resolve(own.get(name)).toString();
        }
        return name.contains(".") && !name.startsWith("AWS::")
                ? attribute(name)
                : reference(name).toString();
    }

    private static Map<?, ?> map(@Nullable Object value) {
        return (Map<?, ?>) Objects.requireNonNull(value);
    }

    /** Takes {@code !Ref x} for {@code Ref: x}, and {@code !Name x} for {@code Fn::Name: x}. */
    private static final class Tags extends SafeConstructor {

        Tags() {
            super(new LoaderOptions());
            yamlMultiConstructors.put("!", new AbstractConstruct() {
                @Override
                public Object construct(Node node) {
                    var tag = node.getTag().getValue().substring(1);
                    var argument = switch (node) {
                        case ScalarNode scalar -> constructScalar(scalar);
                        case SequenceNode sequence -> constructSequence(sequence);
                        case MappingNode mapping -> constructMapping(mapping);
                        default -> throw new IllegalArgumentException("what is " + node);
                    };
                    return Map.of(tag.equals("Ref") ? tag : "Fn::" + tag, argument);
                }
            });
        }
    }
}
