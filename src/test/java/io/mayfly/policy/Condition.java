package io.mayfly.policy;

import java.util.List;
import java.util.function.BiPredicate;

/**
 * One line of a statement's Condition.
 *
 * @param operator as IAM writes it, with {@code ForAllValues:} or {@code ForAnyValue:} before it where it has one
 * @param values any of which will do
 */
record Condition(String operator, String key, List<String> values) {

    private static final String FOR_ALL = "ForAllValues:";
    private static final String FOR_ANY = "ForAnyValue:";

    /**
     * Whether the request fulfils this.
     *
     * @throws IllegalArgumentException for an operator that this judge does not know: it must not guess
     */
    boolean holds(Access access) {
        var asked = access.values(key);
        if (operator.equals("Null")) {
            return values.equals(List.of(Boolean.toString(asked.isEmpty())));
        }
        if (operator.startsWith(FOR_ALL)) {
            return asked.stream().allMatch(value -> any(operator.substring(FOR_ALL.length()), value));
        }
        if (operator.startsWith(FOR_ANY)) {
            return asked.stream().anyMatch(value -> any(operator.substring(FOR_ANY.length()), value));
        }
        // A key that is not in the request fails every comparison; one with many values needs a quantifier.
        return asked.size() == 1 && any(operator, asked.getFirst());
    }

    private boolean any(String comparison, String asked) {
        BiPredicate<String, String> matches = switch (comparison) {
            case "StringEquals" -> String::equals;
            case "StringLike" -> Glob::matches;
            case "ArnEquals", "ArnLike" -> Glob::matchesArn;
            default -> throw new IllegalArgumentException("unknown operator of a condition: " + operator);
        };
        return values.stream().anyMatch(value -> matches.test(value, asked));
    }
}
