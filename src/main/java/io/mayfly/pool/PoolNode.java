package io.mayfly.pool;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.mayfly.ec2.Tags;
import io.mayfly.outcome.ConfigurationException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A JSON object of the pools with the way to it, so that what is wrong can be named. */
record PoolNode(String setting, String path, JsonNode json) {

    private static final Pattern DURATION = Pattern.compile("([0-9]{1,6})([smh])");

    /** EC2 takes 50 tags on a resource; ours are 9. */
    private static final int MAX_TAGS = 41;

    private static final int MAX_TAG_KEY = 128;
    private static final int MAX_TAG_VALUE = 256;

    PoolNode {
        if (!json.isObject()) {
            throw new ConfigurationException(setting, path + " must be an object");
        }
    }

    ConfigurationException wrong(String key, String message) {
        return new ConfigurationException(setting, path + "." + key + " " + message);
    }

    void onlyKeys(Set<String> known) {
        for (var key : (Iterable<String>) json::fieldNames) {
            if (!known.contains(key)) {
                throw wrong(key, "is not a known key");
            }
        }
    }

    PoolNode child(String key) {
        var value = json.get(key);
        return new PoolNode(
                setting,
                path + "." + key,
                value == null || value.isNull() ? JsonNodeFactory.instance.objectNode() : value);
    }

    String matching(String key, @Nullable String byDefault, String pattern) {
        var value = json.get(key);
        if (value == null) {
            if (byDefault == null) {
                throw wrong(key, "is needed");
            }
            return byDefault;
        }
        return matching(key, value, pattern);
    }

    @Nullable
    String optional(String key) {
        var value = json.get(key);
        return value == null || value.isNull() ? null : matching(key, value, "\\S(.*\\S)?");
    }

    List<String> strings(String key, String pattern) {
        var value = json.get(key);
        if (value == null) {
            throw wrong(key, "is needed");
        }
        if (!value.isArray() || value.isEmpty()) {
            throw wrong(key, "must be an array of at least one string");
        }
        var strings = new ArrayList<String>(value.size());
        value.forEach(element -> strings.add(matching(key, element, pattern)));
        return List.copyOf(strings);
    }

    long number(String key, long byDefault, long least, long most) {
        var value = json.get(key);
        if (value == null) {
            return byDefault;
        }
        if (!value.isIntegralNumber() || !value.canConvertToLong() || value.asLong() < least || value.asLong() > most) {
            throw wrong(key, "must be a whole number from " + least + (most == Long.MAX_VALUE ? "" : " to " + most));
        }
        return value.asLong();
    }

    boolean flag(String key, boolean byDefault) {
        var value = json.get(key);
        if (value == null) {
            return byDefault;
        }
        if (!value.isBoolean()) {
            throw wrong(key, "must be true or false");
        }
        return value.asBoolean();
    }

    Duration duration(String key, Duration byDefault, Duration most) {
        var value = json.get(key);
        if (value == null) {
            return byDefault;
        }
        var text = DURATION.matcher(value.isTextual() ? value.asText() : "");
        if (text.matches()) {
            var amount = Long.parseLong(text.group(1));
            var duration = switch (text.group(2)) {
                case "s" -> Duration.ofSeconds(amount);
                case "m" -> Duration.ofMinutes(amount);
                default -> Duration.ofHours(amount);
            };
            if (duration.isPositive() && duration.compareTo(most) <= 0) {
                return duration;
            }
        }
        throw wrong(key, "must be a time such as 90s, 10m or 12h, at most " + most.toHours() + "h");
    }

    Map<String, String> tags(String key) {
        var value = json.get(key);
        if (value == null || value.isNull()) {
            return Map.of();
        }
        if (!value.isObject()) {
            throw wrong(key, "must be an object of strings");
        }
        var tags = new LinkedHashMap<String, String>();
        value.properties().forEach(tag -> {
            var name = tag.getKey();
            if (!tag.getValue().isTextual() || tag.getValue().asText().length() > MAX_TAG_VALUE) {
                throw wrong(key + "." + name, "must be a string of at most " + MAX_TAG_VALUE + " characters");
            }
            if (name.isEmpty()
                    || name.length() > MAX_TAG_KEY
                    || name.startsWith("aws:")
                    || name.startsWith(Tags.PREFIX)
                    || name.equals(Tags.NAME)) {
                throw wrong(key + "." + name, "is no key that can be chosen: Name, aws: and mayfly: are taken");
            }
            tags.put(name, tag.getValue().asText());
        });
        if (tags.size() > MAX_TAGS) {
            throw wrong(key, "has more than " + MAX_TAGS);
        }
        return Map.copyOf(tags);
    }

    private String matching(String key, JsonNode value, String pattern) {
        if (!value.isTextual()) {
            throw wrong(key, "must be text, or hold only text");
        }
        if (!Pattern.matches(pattern, value.asText())) {
            throw wrong(key, "has the unusable value '" + value.asText() + "'");
        }
        return value.asText();
    }
}
