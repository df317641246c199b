package io.mayfly.playground.aws;

import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The filters of DescribeInstances: all of them must fit, each with one of its values, in which {@code *} is any text
 * and {@code ?} any character.
 *
 * @see <a href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html">DescribeInstances</a>
 */
final class Filters {

    private Filters() {}

    static Predicate<EmulatedInstance> of(QueryParameters query, Instant now) {
        Predicate<EmulatedInstance> all = instance -> true;
        for (int number : query.numbers("Filter")) {
            String prefix = "Filter." + number;
            Function<EmulatedInstance, List<String>> values = values(query.require(prefix + ".Name"), now);
            List<Pattern> wanted =
                    query.list(prefix + ".Value").stream().map(Filters::pattern).toList();
            all = all.and(instance -> values.apply(instance).stream()
                    .anyMatch(value -> wanted.stream()
                            .anyMatch(pattern -> pattern.matcher(value).matches())));
        }
        return all;
    }

    private static Function<EmulatedInstance, List<String>> values(String name, Instant now) {
        if (name.startsWith("tag:")) {
            String key = name.substring("tag:".length());
            return instance -> listOf(instance.tags().get(key));
        }
        return switch (name) {
            case "tag-key" -> instance -> List.copyOf(instance.tags().keySet());
            case "tag-value" -> instance -> List.copyOf(instance.tags().values());
            case "instance-id" -> instance -> List.of(instance.id());
            case "instance-state-name" ->
                instance -> List.of(instance.state(now).text());
            case "instance-type" -> instance -> List.of(instance.type());
            case "image-id" -> instance -> List.of(instance.launch().imageId());
            case "availability-zone" -> instance -> List.of(instance.zone());
            case "subnet-id" -> instance -> listOf(instance.subnet());
            case "client-token" -> instance -> listOf(instance.launch().clientToken());
            default -> throw new AwsError("InvalidParameterValue", "The filter '" + name + "' is invalid");
        };
    }

    private static List<String> listOf(@Nullable String value) {
        return value == null ? List.of() : List.of(value);
    }

    /** A backslash takes its meaning from what follows. */
    private static Pattern pattern(String value) {
        StringBuilder regex = new StringBuilder();
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '\\' && i + 1 < value.length()) {
                i++;
                regex.append(Pattern.quote(value.substring(i, i + 1)));
            } else if (c == '*') {
                regex.append(".*");
            } else if (c == '?') {
                regex.append('.');
            } else {
                regex.append(Pattern.quote(String.valueOf(c)));
            }
        }
        return Pattern.compile(regex.toString(), Pattern.DOTALL);
    }
}
