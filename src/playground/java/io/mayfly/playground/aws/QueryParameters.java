package io.mayfly.playground.aws;

import io.mayfly.playground.wire.ServerRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The parameters of a call in EC2's query protocol: {@code Filter.1.Value.2=x}. */
record QueryParameters(Map<String, String> all) {

    /** What does not belong to a request's meaning when two are compared. */
    private static final Set<String> NOT_COMPARED = Set.of("Action", "Version", "ClientToken");

    static QueryParameters of(String form) {
        return new QueryParameters(ServerRequest.form(form));
    }

    Optional<String> find(String name) {
        return Optional.ofNullable(all.get(name)).filter(value -> !value.isEmpty());
    }

    String require(String name) {
        return find(name)
                .orElseThrow(() -> new AwsError("MissingParameter", "The request must contain the parameter " + name));
    }

    int number(String name, int otherwise) {
        try {
            return find(name).map(Integer::parseInt).orElse(otherwise);
        } catch (NumberFormatException e) {
            throw new AwsError("InvalidParameterValue", "Invalid value for parameter " + name);
        }
    }

    /** The values of {@code prefix.1}, {@code prefix.2} and so on. */
    List<String> list(String prefix) {
        List<String> values = new ArrayList<>();
        for (int number : numbers(prefix)) {
            find(prefix + "." + number).ifPresent(values::add);
        }
        return values;
    }

    /** The pairs of {@code prefix.1.Key} and {@code prefix.1.Value}. */
    Map<String, String> tags(String prefix) {
        Map<String, String> tags = new LinkedHashMap<>();
        for (int number : numbers(prefix)) {
            String key = require(prefix + "." + number + ".Key");
            if (tags.put(key, find(prefix + "." + number + ".Value").orElse("")) != null) {
                throw new AwsError("InvalidParameterValue", "Duplicate tag key '" + key + "' specified.");
            }
        }
        return tags;
    }

    /** The tags of each {@code TagSpecification}, by the type of resource that it is for. */
    Map<String, Map<String, String>> specifiedTags() {
        Map<String, Map<String, String>> specified = new LinkedHashMap<>();
        for (int number : numbers("TagSpecification")) {
            String prefix = "TagSpecification." + number;
            String resource = require(prefix + ".ResourceType");
            if (specified.put(resource, tags(prefix + ".Tag")) != null) {
                throw new AwsError("InvalidParameterValue", "Tag specification of '" + resource + "' is given twice.");
            }
        }
        return specified;
    }

    Map<String, String> compared() {
        Map<String, String> compared = new TreeMap<>(all);
        compared.keySet().removeAll(NOT_COMPARED);
        return compared;
    }

    Set<Integer> numbers(String prefix) {
        Set<Integer> numbers = new TreeSet<>();
        for (String name : all.keySet()) {
            if (name.startsWith(prefix + ".")) {
                String rest = name.substring(prefix.length() + 1);
                int dot = rest.indexOf('.');
                String number = dot < 0 ? rest : rest.substring(0, dot);
                if (number.chars().allMatch(Character::isDigit) && !number.isEmpty()) {
                    numbers.add(Integer.valueOf(number));
                }
            }
        }
        return numbers;
    }
}
