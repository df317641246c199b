package io.mayfly.chaos;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mayfly.metrics.Metric;
import io.mayfly.playground.wire.ServerResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** What the network has seen of one invocation, and the metrics that the invocation has written of itself. */
final class Seen {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Pattern INSTANCE = Pattern.compile("<instanceId>([^<]*)</instanceId>");

    private final Map<String, Integer> calls = new TreeMap<>();
    private final Map<Metric, Integer> effects = new EnumMap<>(Metric.class);
    private final Set<String> launched = new HashSet<>();
    private final List<JsonNode> lines = new ArrayList<>();

    /** A call begins. */
    void call(String operation) {
        calls.merge(operation, 1, Integer::sum);
    }

    /** What the connection sent without being asked to: the same call once more. */
    void again(String operation) {
        calls.merge(operation, -1, Integer::sum);
    }

    /** What the connection was asked to send when the time was over already. */
    void unsent(String operation) {
        calls.merge(operation, 1, Integer::sum);
    }

    /** An answer that has reached the invocation. */
    void answer(String operation, ServerResponse response) {
        switch (operation + " " + response.status()) {
            case "RunInstances 200" -> {
                effects.merge(Metric.LAUNCHES, instances(response).size(), Integer::sum);
                launched.addAll(instances(response));
            }
            case "TerminateInstances 200" ->
                effects.merge(Metric.TERMINATIONS, instances(response).size(), Integer::sum);
            case "generate-jitconfig 201" -> effects.merge(Metric.REGISTRATIONS, 1, Integer::sum);
            case "delete-runner 204" -> effects.merge(Metric.DEREGISTRATIONS, 1, Integer::sum);
            case "redeliver 202" -> effects.merge(Metric.REDELIVERIES, 1, Integer::sum);
            default -> {
                // nothing that is counted
            }
        }
    }

    /** A line that the invocation writes to its output. */
    void line(byte[] line) {
        lines.add(json(new String(line, StandardCharsets.UTF_8)));
    }

    /** The calls by operation, as the application made them. */
    Map<String, Integer> calls() {
        calls.values().removeIf(number -> number == 0);
        return calls;
    }

    int effects(Metric metric) {
        return effects.getOrDefault(metric, 0);
    }

    /** The instances of whose launch it was told. */
    Set<String> launched() {
        return launched;
    }

    List<JsonNode> lines(String kind) {
        return lines.stream()
                .filter(line -> line.path("Event").asText().equals(kind))
                .toList();
    }

    static JsonNode json(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(text, e);
        }
    }

    private static List<String> instances(ServerResponse response) {
        return INSTANCE.matcher(response.body())
                .results()
                .map(found -> found.group(1))
                .toList();
    }
}
