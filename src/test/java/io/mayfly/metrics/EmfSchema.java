package io.mayfly.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;

/** The embedded metric format, and what we promise beyond it. */
public final class EmfSchema {

    private static final ObjectMapper MAPPER =
            new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private EmfSchema() {}

    /** Reads a line and asserts that it is one of ours, and one that CloudWatch takes. */
    public static JsonNode validated(String line) {
        JsonNode json;
        try {
            json = MAPPER.readTree(line);
        } catch (JsonProcessingException e) {
            throw new AssertionError("no JSON: " + line, e);
        }
        assertThat(named("emf.schema.json").validate(json)).as(line).isEmpty();
        for (var directive : json.path("_aws").path("CloudWatchMetrics")) {
            assertThat(directive.path("Namespace").asText()).isEqualTo(MetricsLine.NAMESPACE);
            for (var set : directive.path("Dimensions")) {
                var names = new HashSet<String>();
                set.forEach(name -> names.add(name.asText()));
                assertThat(names).as(line).contains("Deployment").isSubsetOf("Deployment", "Pool", "Outcome", "Reason");
                names.forEach(
                        name -> assertThat(json.path(name).asText()).as(line).matches("[A-Za-z0-9._-]{1,64}"));
            }
            for (var metric : directive.path("Metrics")) {
                var value = json.path(metric.path("Name").asText());
                assertThat(value.isNumber() || value.isArray())
                        .as(metric + " of " + line)
                        .isTrue();
                assertThat(value.size()).as(line).isLessThanOrEqualTo(100);
                value.forEach(one -> assertThat(one.isNumber()).as(line).isTrue());
            }
        }
        json.properties().forEach(property -> {
            if (property.getValue().isTextual()) {
                assertThat(property.getValue().asText().length()).as(line).isLessThanOrEqualTo(200);
            }
        });
        return json;
    }

    /** A schema of ours. */
    static JsonSchema named(String file) {
        try (var in = EmfSchema.class.getResourceAsStream(file)) {
            return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                    .getSchema(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
