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

/**
 * A line in CloudWatch's embedded metric format.
 *
 * @param timestamp in milliseconds since 1970
 * @see <a href="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html">
 *     the specification</a>
 */
record EmbeddedMetrics(
        long timestamp,
        Map<Metric, List<BigDecimal>> metrics,
        Map<Property, Object> properties,
        Map<String, CallCount> calls) {

    private static final JsonFactory JSON =
            JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    /** The JSON, with the line's end. */
    byte[] bytes() {
        var bytes = new ByteArrayOutputStream(1024);
        try (var json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            writeDirectives(json);
            writeProperties(json);
            for (var metric : metrics.entrySet()) {
                write(metric.getKey(), metric.getValue(), json);
            }
            writeCalls(json);
            json.writeEndObject();
            json.writeRaw('\n');
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private void writeDirectives(JsonGenerator json) throws IOException {
        json.writeObjectFieldStart("_aws");
        json.writeNumberField("Timestamp", timestamp);
        json.writeArrayFieldStart("CloudWatchMetrics");
        for (var directive : directives().entrySet()) {
            write(directive.getKey(), directive.getValue(), json);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    /** The metrics by the sets of dimensions that they are split by. */
    private Map<List<List<Property>>, List<Metric>> directives() {
        var directives = new LinkedHashMap<List<List<Property>>, List<Metric>>();
        metrics.keySet()
                .forEach(metric -> directives
                        .computeIfAbsent(dimensions(metric.split()), key -> new ArrayList<>())
                        .add(metric));
        return directives;
    }

    private List<List<Property>> dimensions(Metric.Split split) {
        var whole = List.of(Property.DEPLOYMENT);
        var byPool = List.of(Property.DEPLOYMENT, Property.POOL);
        var hasPool = properties.containsKey(Property.POOL);
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
        json.writeStringField("Namespace", MetricsLine.NAMESPACE);
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

    private void writeProperties(JsonGenerator json) throws IOException {
        for (var property : properties.entrySet()) {
            if (property.getValue() instanceof Long number) {
                json.writeNumberField(property.getKey().toString(), number);
            } else {
                json.writeStringField(
                        property.getKey().toString(), property.getValue().toString());
            }
        }
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

    private void writeCalls(JsonGenerator json) throws IOException {
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
