package io.mayfly.policy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A policy, judged as IAM does: what no statement allows is denied, and one that denies wins over all that allow. */
public record Policy(List<Statement> statements) {

    /** Reads a policy document whose intrinsic functions are resolved. */
    static Policy of(Object document) {
        var statements = new ArrayList<Statement>();
        for (var entry : list(map(document).get("Statement"))) {
            statements.add(statement(map(entry)));
        }
        return new Policy(statements);
    }

    public boolean allows(Access access) {
        var speaking = statements.stream()
                .filter(statement -> statement.speaksOf(access))
                .toList();
        return !speaking.isEmpty() && speaking.stream().allMatch(Statement::allows);
    }

    /** Those that are not allowed. */
    public List<Access> denied(Collection<Access> accesses) {
        return accesses.stream().filter(access -> !allows(access)).toList();
    }

    public Statement statement(String sid) {
        return statements.stream()
                .filter(statement -> statement.sid().equals(sid))
                .findFirst()
                .orElseThrow();
    }

    /**
     * This policy with something taken away, by name: each statement, and where a statement has several actions or
     * resources, each of these.
     */
    public Map<String, Policy> lessened() {
        var lessened = new LinkedHashMap<String, Policy>();
        for (var statement : statements) {
            lessened.put(statement.sid(), with(statement, List.of()));
            for (var action : statement.actions()) {
                if (statement.actions().size() > 1) {
                    lessened.put(
                            statement.sid() + " " + action,
                            with(statement, List.of(statement.withActions(without(statement.actions(), action)))));
                }
            }
            for (var resource : statement.resources()) {
                if (statement.resources().size() > 1) {
                    lessened.put(
                            statement.sid() + " " + resource,
                            with(
                                    statement,
                                    List.of(statement.withResources(without(statement.resources(), resource)))));
                }
            }
        }
        return lessened;
    }

    /** This policy with one condition taken away, by name. */
    public Map<String, Policy> loosened() {
        var loosened = new LinkedHashMap<String, Policy>();
        for (var statement : statements) {
            for (var condition : statement.conditions()) {
                loosened.put(
                        statement.sid() + " " + condition.operator() + " " + condition.key(),
                        with(statement, List.of(statement.withConditions(without(statement.conditions(), condition)))));
            }
        }
        return loosened;
    }

    private Policy with(Statement statement, List<Statement> instead) {
        var changed = new ArrayList<Statement>();
        for (var one : statements) {
            if (one.equals(statement)) {
                changed.addAll(instead);
            } else {
                changed.add(one);
            }
        }
        return new Policy(changed);
    }

    private static <T> List<T> without(List<T> all, T one) {
        return all.stream().filter(other -> !other.equals(one)).toList();
    }

    private static Statement statement(Map<?, ?> entry) {
        for (var key : entry.keySet()) {
            if (!List.of("Sid", "Effect", "Action", "Resource", "Condition").contains(key)) {
                throw new IllegalArgumentException("this judge does not know " + key);
            }
        }
        var conditions = new ArrayList<Condition>();
        if (entry.get("Condition") instanceof Map<?, ?> operators) {
            operators.forEach((operator, keys) -> map(keys)
                    .forEach((key, values) ->
                            conditions.add(new Condition(operator.toString(), key.toString(), texts(values)))));
        }
        return new Statement(
                Objects.toString(entry.get("Sid")),
                switch (Objects.toString(entry.get("Effect"))) {
                    case "Allow" -> true;
                    case "Deny" -> false;
                    default -> throw new IllegalArgumentException("no effect: " + entry);
                },
                texts(entry.get("Action")),
                texts(entry.get("Resource")),
                conditions);
    }

    private static List<String> texts(@Nullable Object value) {
        return list(value).stream().map(Object::toString).toList();
    }

    private static List<?> list(@Nullable Object value) {
        return switch (value) {
            case null -> throw new IllegalArgumentException("a policy lacks something");
            case List<?> many -> many;
            default -> List.of(value);
        };
    }

    private static Map<?, ?> map(Object value) {
        return (Map<?, ?>) value;
    }
}
