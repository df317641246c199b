package io.mayfly.metrics;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import io.mayfly.metrics.MetricsLine.CallCount;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A line as CloudWatch reads it: one JSON object in ASCII, with its end.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html">
 *     the specification of the embedded metric format</a>
 */
final class MetricsJson {

    /** The namespace of all metrics. */
    static final String NAMESPACE = "Mayfly";

    private static final JsonFactory JSON =
            JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private MetricsJson() {}

    static byte[] of(
            long timestamp,
            Map<Property, Object> properties,
            Map<Metric, List<BigDecimal>> metrics,
            Map<String, CallCount> calls) {
        var bytes = new ByteArrayOutputStream(1024);
        try (var json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            json.writeObjectFieldStart("_aws");
            json.writeNumberField("Timestamp", timestamp);
            json.writeArrayFieldStart("CloudWatchMetrics");
            for (var directive : directives(metrics.keySet(), properties.containsKey(Property.POOL))
                    .entrySet()) {
                write(directive.getKey(), directive.getValue(), json);
            }
            json.writeEndArray();
            json.writeEndObject();
            for (var property : properties.entrySet()) {
                if (property.getValue() instanceof Long number) {
                    json.writeNumberField(property.getKey().toString(), number);
                } else {
                    json.writeStringField(
                            property.getKey().toString(), property.getValue().toString());
                }
            }
            for (var metric : metrics.entrySet()) {
                write(metric.getKey(), metric.getValue(), json);
            }
            writeCalls(calls, json);
            json.writeEndObject();
            json.writeRaw('\n');
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** The metrics by the sets of dimensions that they are split by. */
    private static Map<List<List<Property>>, List<Metric>> directives(Set<Metric> metrics, boolean hasPool) {
        var directives = new LinkedHashMap<List<List<Property>>, List<Metric>>();
        metrics.forEach(metric -> directives
                .computeIfAbsent(dimensions(metric.split(), hasPool), key -> new ArrayList<>())
                .add(metric));
        return directives;
    }

    private static List<List<Property>> dimensions(Metric.Split split, boolean hasPool) {
        var whole = List.of(Property.DEPLOYMENT);
        var byPool = List.of(Property.DEPLOYMENT, Property.POOL);
        return switch (split) {
            case BY_REASON -> List.of(List.of(Property.DEPLOYMENT, Property.OUTCOME, Property.REASON));
            case WHOLE_AND_BY_POOL -> hasPool ? List.of(whole, byPool) : List.of(whole);
            case WHOLE_OR_BY_POOL -> List.of(hasPool ? byPool : whole);
            case WHOLE -> List.of(whole);
        };
    }

    private static void write(List<List<Property>> dimensions, List<Metric> metrics, JsonGenerator json)
            throws IOException {
        json.writeStartObject();
        json.writeStringField("Namespace", NAMESPACE);
        json.writeArrayFieldStart("Dimensions");
        for (var set : dimensions) {
            json.writeStartArray();
            for (var dimension : set) {
                json.writeString(dimension.toString());
            }
            json.writeEndArray();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("Metrics");
        for (var metric : metrics) {
            json.writeStartObject();
            json.writeStringField("Name", metric.toString());
            json.writeStringField("Unit", metric.unit().toString());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void write(Metric metric, List<BigDecimal> values, JsonGenerator json) throws IOException {
        json.writeFieldName(metric.toString());
        if (values.size() == 1) {
            json.writeNumber(values.getFirst().toPlainString());
            return;
        }
        json.writeStartArray();
        for (var value : values) {
            json.writeNumber(value.toPlainString());
        }
        json.writeEndArray();
    }

    private static void writeCalls(Map<String, CallCount> calls, JsonGenerator json) throws IOException {
        if (calls.isEmpty()) {
            return;
        }
        json.writeObjectFieldStart(Property.CALLS.toString());
        for (var call : calls.entrySet()) {
            json.writeObjectFieldStart(call.getKey());
            json.writeNumberField(Property.COUNT.toString(), call.getValue().count());
            json.writeNumberField(
                    Property.MILLISECONDS.toString(), call.getValue().milliseconds());
            json.writeEndObject();
        }
        json.writeEndObject();
    }
}
