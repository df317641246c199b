package io.mayfly.pool;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mayfly.config.Setting;
import io.mayfly.outcome.ConfigurationException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The parser and the operator's tools (checks/infra/test_pool_rules.py) judge the same documents, and alike. */
class PoolDocumentsTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    record Document(String name, boolean valid, String pools) {

        @Override
        public String toString() {
            return (valid ? "takes " : "refuses ") + name;
        }
    }

    @ParameterizedTest
    @MethodSource({"written", "mutants"})
    void judges(Document document) {
        var mistake = mistake(document.pools());

        assertThat(mistake == null).as("%s: %s", document.pools(), mistake).isEqualTo(document.valid());
    }

    @Test
    void knowsTheKeysOfTheSchema() {
        var pool = json(Path.of("scripts/lib/mayfly/pools.schema.json")).at("/$defs/pool/properties");

        assertThat(keys(pool)).isEqualTo(PoolsParser.KEYS);
        assertThat(keys(pool.at("/timeouts/properties"))).isEqualTo(PoolsParser.TIMEOUT_KEYS);
    }

    static Stream<Document> written() {
        var all = json(Path.of("src/test/resources/io/mayfly/pool/documents.json"));
        var base = (ObjectNode) all.path("base");
        return Stream.of("valid", "invalid")
                .flatMap(verdict -> stream(all.path(verdict))
                        .map(each ->
                                new Document(each.path("name").asText(), verdict.equals("valid"), text(each, base))));
    }

    static Stream<Document> mutants() {
        return stream(json(Path.of("src/test/resources/io/mayfly/pool/mutants.json")))
                .map(each -> new Document(
                        each.path("name").asText(),
                        each.path("valid").asBoolean(),
                        each.path("pools").asText()));
    }

    private static String text(JsonNode document, ObjectNode base) {
        var members = base.toString();
        if (document.has("text")) {
            return document.path("text").asText().replace("BASE", members.substring(1, members.length() - 1));
        }
        if (document.has("pools")) {
            return stream(document.path("pools"))
                    .map(pool -> base.deepCopy().setAll((ObjectNode) pool).toString())
                    .collect(Collectors.joining(",", "[", "]"));
        }
        var pool = base.deepCopy();
        if (document.has("with")) {
            pool.setAll((ObjectNode) document.path("with"));
        }
        var without = new ArrayList<String>();
        document.path("without").forEach(key -> without.add(key.asText()));
        return "[" + pool.remove(without) + "]";
    }

    private static @Nullable String mistake(String pools) {
        try {
            var broken = PoolsParser.parse(new Setting("MAYFLY_POOLS", pools)).broken();
            return broken.isEmpty() ? null : broken.getFirst().why().getMessage();
        } catch (ConfigurationException e) {
            return e.getMessage();
        }
    }

    private static Set<String> keys(JsonNode properties) {
        var keys = new TreeSet<String>();
        properties.fieldNames().forEachRemaining(keys::add);
        return keys;
    }

    private static Stream<JsonNode> stream(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }

    private static JsonNode json(Path file) {
        try {
            return JSON.readTree(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
