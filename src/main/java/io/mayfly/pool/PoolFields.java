package io.mayfly.pool;

import io.mayfly.ec2.Tags;
import io.mayfly.json.JsonFields;
import io.mayfly.json.MalformedJsonException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The members of a pool: each with its default and its bounds. */
record PoolFields(JsonFields fields) {

    private static final Pattern DURATION = Pattern.compile("([0-9]{1,6})([smh])");

    /** EC2 takes 50 tags on a resource; ours are 10 at the launch, and 3 that claim and sweep write later. */
    private static final int MAX_TAGS = 37;

    /** What the instance may read by its metadata service: EC2 refuses a launch with another key. */
    private static final Pattern READABLE_KEY = Pattern.compile("(?!(\\.{1,2}|_index)$)[A-Za-z0-9+=.,_:@-]+");

    private static final int MAX_TAG_KEY = 128;
    private static final int MAX_TAG_VALUE = 256;

    MalformedJsonException wrong(String key, String message) {
        return fields.wrong(key, message);
    }

    boolean has(String key) {
        return fields.has(key);
    }

    void onlyKeys(Set<String> known) {
        for (var key : fields.keys()) {
            if (!known.contains(key)) {
                throw wrong(key, "is not a known key");
            }
        }
    }

    PoolFields child(String key) {
        return new PoolFields(fields.child(key));
    }

    String matching(String key, @Nullable String byDefault, String pattern) {
        var text = byDefault == null ? fields.neededText(key) : fields.text(key);
        return text == null ? String.valueOf(byDefault) : checked(key, text, pattern);
    }

    @Nullable
    String optional(String key) {
        var text = fields.text(key);
        return text == null ? null : checked(key, text, "\\S(.*\\S)?");
    }

    List<String> strings(String key, String pattern) {
        var strings = fields.texts(key);
        if (strings.isEmpty()) {
            throw wrong(key, fields.has(key) ? "must be an array of at least one string" : "is missing");
        }
        strings.forEach(text -> checked(key, text, pattern));
        return List.copyOf(strings);
    }

    long number(String key, long byDefault, long least, long most) {
        var number = fields.number(key, least, most);
        return number == null ? byDefault : number;
    }

    boolean flag(String key, boolean byDefault) {
        var flag = fields.flag(key);
        return flag == null ? byDefault : flag;
    }

    Duration duration(String key, Duration byDefault, Duration most) {
        var given = fields.text(key);
        if (given == null) {
            return byDefault;
        }
        var text = DURATION.matcher(given);
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

    /**
     * Tags of the operator's own.
     *
     * @param readable whether the instance reads its tags, and an operator writes one more
     */
    Map<String, String> tags(String key, boolean readable) {
        var most = readable ? MAX_TAGS - 1 : MAX_TAGS;
        var child = fields.child(key);
        var tags = new LinkedHashMap<String, String>();
        for (var name : child.keys()) {
            var value = child.text(name);
            if (value == null || value.length() > MAX_TAG_VALUE) {
                throw child.wrong(name, "must be a string of at most " + MAX_TAG_VALUE + " characters");
            }
            if (name.isEmpty()
                    || name.length() > MAX_TAG_KEY
                    || name.startsWith("aws:")
                    || name.startsWith(Tags.PREFIX)
                    || name.equals(Tags.NAME)) {
                throw child.wrong(name, "is no key that can be chosen: Name, aws: and mayfly: are taken");
            }
            if (readable && !READABLE_KEY.matcher(name).matches()) {
                throw child.wrong(name, "is no key where connect is true: only letters, digits and + - = . , _ : @");
            }
            tags.put(name, value);
        }
        if (tags.size() > most) {
            throw wrong(key, "has more than " + most);
        }
        return Map.copyOf(tags);
    }

    private String checked(String key, String text, String pattern) {
        if (!Pattern.matches(pattern, text)) {
            throw wrong(key, "has the unusable value '" + text + "'");
        }
        return text;
    }
}
