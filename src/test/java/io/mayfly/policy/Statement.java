package io.mayfly.policy;

import java.util.List;
import java.util.Locale;

/** One statement of a policy. */
public record Statement(
        String sid, boolean allows, List<String> actions, List<String> resources, List<Condition> conditions) {

    boolean speaksOf(Access access) {
        var action = access.action().toLowerCase(Locale.ROOT);
        return actions.stream().anyMatch(pattern -> Glob.matches(pattern.toLowerCase(Locale.ROOT), action))
                && resources.stream().anyMatch(resource -> Glob.covers(resource, access.resource()))
                && conditions.stream().allMatch(condition -> condition.holds(access));
    }

    Statement withActions(List<String> others) {
        return new Statement(sid, allows, others, resources, conditions);
    }

    Statement withResources(List<String> others) {
        return new Statement(sid, allows, actions, others, conditions);
    }

    Statement withConditions(List<Condition> others) {
        return new Statement(sid, allows, actions, resources, others);
    }
}
