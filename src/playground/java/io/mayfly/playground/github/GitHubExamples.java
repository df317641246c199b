package io.mayfly.playground.github;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mayfly.playground.wire.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Fills what the emulator says up to the size and shape of what GitHub says, with GitHub's own examples: the emulator's
 * members stay, all others are the example's.
 */
final class GitHubExamples {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** The repository's name in the examples. */
    private static final String NAME = "OWNER/REPOSITORY";

    /** Where an operation's answer has objects, and the example of them. An array is all its entries. */
    private record Place(String path, String example) {}

    private static final Map<String, Place> PLACES = Map.ofEntries(
            Map.entry("get-app", new Place("", "app")),
            Map.entry("convert-manifest", new Place("", "converted app")),
            Map.entry("get-user", new Place("", "user")),
            Map.entry("list-installations", new Place("", "installation")),
            Map.entry("get-installation", new Place("", "installation")),
            Map.entry("get-repository-installation", new Place("", "installation")),
            Map.entry("get-organization-installation", new Place("", "installation")),
            Map.entry("list-deliveries", new Place("", "delivery in list")),
            Map.entry("get-delivery", new Place("", "delivery")),
            Map.entry("rate-limit", new Place("", "rate limits")),
            Map.entry("get-job", new Place("", "job")),
            Map.entry("list-run-jobs", new Place("/jobs", "job")),
            Map.entry("list-runs", new Place("/workflow_runs", "run")),
            Map.entry("get-run", new Place("", "run")),
            Map.entry("get-repository", new Place("", "repository")),
            Map.entry("list-installation-repositories", new Place("/repositories", "repository in list")));

    /** The members of which the emulator knows only some of their own; all others it knows whole. */
    private static final Set<String> KNOWN_IN_PART =
            Set.of("account", "organization", "owner", "repository", "resources", "sender", "workflow_job");

    private final JsonNode examples;

    private GitHubExamples(JsonNode examples) {
        this.examples = examples;
    }

    static GitHubExamples load() {
        try (InputStream file = GitHubExamples.class.getResourceAsStream("examples.json")) {
            return new GitHubExamples(MAPPER.readTree(Objects.requireNonNull(file, "examples.json")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @param variables of the operation's path */
    ServerResponse in(ServerResponse response, String operation, Map<String, String> variables) {
        Place place = PLACES.get(operation);
        if (place == null || response.status() >= 300) {
            return response;
        }
        JsonNode body = read(response.body());
        String repository = variables.containsKey("repo") ? variables.get("owner") + "/" + variables.get("repo") : null;
        JsonNode there = body.at(place.path());
        if (there instanceof ArrayNode all) {
            for (int i = 0; i < all.size(); i++) {
                all.set(i, filled(place.example(), all.get(i), repository));
            }
        } else {
            body = filled(place.example(), there, repository);
        }
        return new ServerResponse(response.status(), response.headers(), body.toString());
    }

    /** The body of a {@code workflow_job} event. */
    String event(String payload, String repository) {
        return filled("event", read(payload), repository).toString();
    }

    private JsonNode filled(String example, JsonNode known, @Nullable String repository) {
        ObjectNode whole = examples.get(example).deepCopy();
        put(whole, known);
        String name = known.path("full_name").asText(repository == null ? NAME : repository);
        return read(whole.toString().replace(NAME, name));
    }

    private static void put(ObjectNode whole, JsonNode known) {
        known.properties().forEach(member -> {
            if (KNOWN_IN_PART.contains(member.getKey())
                    && whole.get(member.getKey()) instanceof ObjectNode inner
                    && member.getValue().isObject()) {
                put(inner, member.getValue());
            } else {
                whole.set(member.getKey(), member.getValue());
            }
        });
    }

    private static JsonNode read(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
