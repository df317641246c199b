package io.mayfly.policy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * One question to IAM: may this action be done to this resource? A call can ask several; all must be allowed.
 *
 * @param context condition keys, which know no case, with their values
 */
public record Access(String action, String resource, Map<String, List<String>> context) {

    public Access {
        var keys = new TreeMap<String, List<String>>();
        context.forEach((key, values) -> keys.put(key.toLowerCase(Locale.ROOT), List.copyOf(values)));
        context = keys;
    }

    public Access(String action, String resource) {
        this(action, resource, Map.of());
    }

    /** The values of a condition key; none when the request does not have it. */
    List<String> values(String key) {
        return context.getOrDefault(key.toLowerCase(Locale.ROOT), List.of());
    }

    /** The same question with another value of a condition key. */
    public Access with(String key, String... values) {
        var changed = new LinkedHashMap<>(context);
        changed.put(key.toLowerCase(Locale.ROOT), List.of(values));
        return new Access(action, resource, changed);
    }

    /** The same question without a condition key. */
    public Access without(String key) {
        var changed = new LinkedHashMap<>(context);
        changed.remove(key.toLowerCase(Locale.ROOT));
        return new Access(action, resource, changed);
    }

    /** The same question about another resource. */
    public Access of(String other) {
        return new Access(action, other, context);
    }
}
