package io.mayfly.playground.github;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mayfly.playground.wire.ServerRequest;
import io.mayfly.playground.wire.ServerResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** Entries of lists that are not as GitHub's documentation has them: strange ones among the others, and spoiled ones. */
public final class OddEntries {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private record Strange(String operation, JsonNode entry) {}

    private record Spoiled(String operation, Predicate<JsonNode> which, String member, JsonNode value) {}

    private final List<Strange> strange = new ArrayList<>();
    private final List<Spoiled> spoiled = new ArrayList<>();

    OddEntries() {}

    /** Shows one more entry on the first page of a list; operations are named as in the log of calls. */
    public synchronized void add(String operation, @Nullable Object entry) {
        strange.add(new Strange(operation, MAPPER.valueToTree(entry)));
    }

    /** Shows some entries of a list with another value of a member: null is JSON's null. */
    public synchronized void spoil(String operation, Predicate<JsonNode> which, String member, @Nullable Object value) {
        spoiled.add(new Spoiled(operation, which, member, MAPPER.valueToTree(value)));
    }

    /** Shows the emulator's own entries as they are again. */
    public synchronized void spoilNothing() {
        spoiled.clear();
    }

    /** No entry is odd any more. */
    public synchronized void none() {
        strange.clear();
        spoiled.clear();
    }

    synchronized ServerResponse in(ServerResponse response, String operation, ServerRequest request) {
        List<JsonNode> added = isFirstPage(request.query())
                ? strange.stream()
                        .filter(one -> one.operation().equals(operation))
                        .map(Strange::entry)
                        .toList()
                : List.of();
        List<Spoiled> changed = spoiled.stream()
                .filter(one -> one.operation().equals(operation))
                .toList();
        if (response.status() != 200 || (added.isEmpty() && changed.isEmpty())) {
            return response;
        }
        JsonNode body = read(response.body());
        ArrayNode list = list(body);
        list.forEach(entry -> changed.forEach(one -> spoil(entry, one)));
        added.forEach(entry -> list.insert(list.size() / 2, entry));
        return new ServerResponse(response.status(), response.headers(), body.toString()).asStaged();
    }

    private static void spoil(JsonNode entry, Spoiled spoiled) {
        if (entry instanceof ObjectNode object && spoiled.which().test(entry)) {
            object.set(spoiled.member(), spoiled.value());
        }
    }

    private static boolean isFirstPage(Map<String, String> query) {
        return query.getOrDefault("page", "1").equals("1") && !query.containsKey("cursor");
    }

    /** The answer itself, or its only member that is an array. */
    private static ArrayNode list(JsonNode body) {
        return StreamSupport.stream(body.isArray() ? List.of(body).spliterator() : body.spliterator(), false)
                .filter(JsonNode::isArray)
                .map(ArrayNode.class::cast)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no list"));
    }

    private static JsonNode read(String body) {
        try {
            return MAPPER.readTree(body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
