package io.mayfly.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.mayfly.outcome.BadEventException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A JSON object of an event with the way to it. Every read doubts the type. */
record EventNode(String path, JsonNode json) {

    boolean has(String key) {
        return json.hasNonNull(key);
    }

    /** An object below this one; an empty one where it is missing. */
    EventNode child(String key) {
        var value = json.path(key);
        if (!value.isMissingNode() && !value.isNull() && !value.isObject()) {
            throw wrong(key, "is no object");
        }
        return new EventNode(at(key), value.isObject() ? value : MissingNode.getInstance());
    }

    @Nullable
    String text(String key) {
        var value = json.path(key);
        if (value.isMissingNode() || value.isNull()) {
            return null;
        }
        if (!value.isTextual()) {
            throw wrong(key, "is no string");
        }
        return value.asText();
    }

    String neededText(String key) {
        var text = text(key);
        if (text == null || text.isEmpty()) {
            throw wrong(key, "is missing");
        }
        return text;
    }

    @Nullable
    Boolean flag(String key) {
        var value = json.path(key);
        if (value.isMissingNode() || value.isNull()) {
            return null;
        }
        if (!value.isBoolean()) {
            throw wrong(key, "is not true or false");
        }
        return value.asBoolean();
    }

    long neededId(String key) {
        var id = id(key);
        if (id == 0) {
            throw wrong(key, "is missing");
        }
        return id;
    }

    /** A positive id; 0 where GitHub says that there is none, by null, 0, the empty string or nothing. */
    long idOrNone(String key) {
        var value = json.path(key);
        var none = (value.isTextual() && value.asText().isEmpty())
                || (value.isIntegralNumber() && value.canConvertToLong() && value.asLong() == 0);
        return none ? 0 : id(key);
    }

    List<String> texts(String key) {
        var value = json.path(key);
        if (value.isMissingNode() || value.isNull()) {
            return List.of();
        }
        if (!value.isArray()) {
            throw wrong(key, "is no array");
        }
        var texts = new ArrayList<String>(value.size());
        for (var element : value) {
            if (!element.isTextual()) {
                throw wrong(key, "holds something else than strings");
            }
            texts.add(element.asText());
        }
        return texts;
    }

    @Nullable
    Instant instant(String key) {
        var text = text(key);
        try {
            return text == null || text.isEmpty()
                    ? null
                    : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw wrong(key, "is no time");
        }
    }

    BadEventException wrong(String key, String message) {
        return new BadEventException(at(key) + " " + message);
    }

    private long id(String key) {
        var value = json.path(key);
        if (value.isMissingNode() || value.isNull()) {
            return 0;
        }
        if (!value.isIntegralNumber() || !value.canConvertToLong() || value.asLong() <= 0) {
            throw wrong(key, "is no positive id");
        }
        return value.asLong();
    }

    private String at(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }
}
