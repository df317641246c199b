package io.mayfly.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * An object that others wrote, with the way to it. A member that is missing and one that is null are the same; one of another
 * type is an error, and so is a needed one that is missing: nothing is taken for empty, false or 0.
 *
 * @param path the way to it, empty for the outermost
 */
public record JsonFields(String path, JsonNode json) {

    /**
     * Takes what should be an object.
     *
     * @param what it is called where it is none
     */
    public static JsonFields of(String path, @Nullable JsonNode json, String what) {
        if (json == null || !json.isObject()) {
            throw new MalformedJsonException(what + " is no JSON object");
        }
        return new JsonFields(path, json);
    }

    /** Whether there is a member. */
    public boolean has(String key) {
        return json.hasNonNull(key);
    }

    /** The names of all members. */
    public Set<String> keys() {
        var keys = new TreeSet<String>();
        json.fieldNames().forEachRemaining(keys::add);
        return keys;
    }

    /** A member as it is; null where it is missing. */
    public @Nullable JsonNode value(String key) {
        var value = json.get(key);
        return value == null || value.isNull() ? null : value;
    }

    /** An object below this one; an empty one where it is missing. */
    public JsonFields child(String key) {
        var value = value(key);
        return value == null ? new JsonFields(at(key), JsonNodeFactory.instance.objectNode()) : object(key, value);
    }

    /** A text; null where it is missing. */
    public @Nullable String text(String key) {
        var value = value(key);
        if (value == null) {
            return null;
        }
        if (!value.isTextual()) {
            throw wrong(key, "is no string");
        }
        return value.asText();
    }

    /** A text that is not empty. */
    public String neededText(String key) {
        var text = text(key);
        if (text == null || text.isEmpty()) {
            throw wrong(key, "is missing");
        }
        return text;
    }

    /** True or false; null where it is missing. */
    public @Nullable Boolean flag(String key) {
        var value = value(key);
        if (value == null) {
            return null;
        }
        if (!value.isBoolean()) {
            throw wrong(key, "is not true or false");
        }
        return value.asBoolean();
    }

    /** True or false. */
    public boolean neededFlag(String key) {
        var flag = flag(key);
        if (flag == null) {
            throw wrong(key, "is missing");
        }
        return flag;
    }

    /** A positive id. */
    public long neededId(String key) {
        var value = value(key);
        if (value == null) {
            throw wrong(key, "is missing");
        }
        return number(key, value, 1, Long.MAX_VALUE, "is no positive id");
    }

    /** A positive id; 0 where GitHub says that there is none, by null, 0, the empty string or nothing. */
    public long idOrNone(String key) {
        var value = value(key);
        if (value == null || (value.isTextual() && value.asText().isEmpty())) {
            return 0;
        }
        return number(key, value, 0, Long.MAX_VALUE, "is no positive id");
    }

    /** A whole number within bounds; null where it is missing. */
    public @Nullable Long number(String key, long least, long most) {
        var value = value(key);
        return value == null
                ? null
                : (Long) number(
                        key,
                        value,
                        least,
                        most,
                        "is no whole number from " + least + (most == Long.MAX_VALUE ? "" : " to " + most));
    }

    /** Texts; none where they are missing. */
    public List<String> texts(String key) {
        var texts = new ArrayList<String>();
        if (has(key)) {
            for (var element : neededArray(key)) {
                if (!element.isTextual()) {
                    throw wrong(key, "holds something else than strings");
                }
                texts.add(element.asText());
            }
        }
        return texts;
    }

    /** The elements of an array, of whatever type. */
    public List<JsonNode> neededArray(String key) {
        var value = value(key);
        if (value == null) {
            throw wrong(key, "is missing");
        }
        if (!value.isArray()) {
            throw wrong(key, "is no array");
        }
        var elements = new ArrayList<JsonNode>(value.size());
        value.forEach(elements::add);
        return elements;
    }

    /** A time with its zone; null where it is missing or empty. */
    public @Nullable Instant instant(String key) {
        var text = text(key);
        try {
            return text == null || text.isEmpty()
                    ? null
                    : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw wrong(key, "is no time");
        }
    }

    /** A time with its zone. */
    public Instant neededInstant(String key) {
        var instant = instant(key);
        if (instant == null) {
            throw wrong(key, "is missing");
        }
        return instant;
    }

    /** The error that a member is not as it should be. */
    public MalformedJsonException wrong(String key, String message) {
        return new MalformedJsonException(at(key) + " " + message);
    }

    private JsonFields object(String key, JsonNode value) {
        if (!value.isObject()) {
            throw wrong(key, "is no object");
        }
        return new JsonFields(at(key), value);
    }

    private long number(String key, JsonNode value, long least, long most, String message) {
        if (!value.isIntegralNumber() || !value.canConvertToLong() || value.asLong() < least || value.asLong() > most) {
            throw wrong(key, message);
        }
        return value.asLong();
    }

    private String at(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }
}
