package io.mayfly.metrics;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One line in the making. What others have written (names, labels) gets in as text only: cut to a length, escaped, and never
 * as a dimension, of which each new value is a metric to be paid for.
 */
public final class MetricsLine {

    /** The namespace of all metrics. */
    public static final String NAMESPACE = "Mayfly";

    /** The specification's limit for an array of values. */
    static final int MOST_VALUES = 100;

    private static final int LONGEST_TEXT = 200;
    private static final int DECIMALS = 6;
    private static final Pattern DIMENSION = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    private final long timestamp;
    private final Map<Metric, List<BigDecimal>> metrics = new EnumMap<>(Metric.class);
    private final Map<Property, Object> properties = new EnumMap<>(Property.class);
    private Map<String, CallCount> calls = Map.of();

    /** How often an operation was called, and how long all of it took. */
    record CallCount(int count, long milliseconds) {}

    /**
     * A line.
     *
     * @param deployment whose it is
     * @param timestamp in milliseconds since 1970
     */
    MetricsLine(Kind kind, String deployment, long timestamp) {
        this.timestamp = timestamp;
        properties.put(Property.DEPLOYMENT, dimension(deployment));
        properties.put(Property.EVENT, kind.toString());
    }

    /** A metric's value. */
    public MetricsLine put(Metric metric, double value) {
        metrics.put(metric, List.of(plain(value)));
        return this;
    }

    /** A metric's value. */
    public MetricsLine put(Metric metric, long value) {
        metrics.put(metric, List.of(BigDecimal.valueOf(value)));
        return this;
    }

    /** A metric's value in its unit, which is one of time. */
    public MetricsLine put(Metric metric, Duration value) {
        return put(metric, metric.unit() == Metric.Unit.SECONDS ? value.toSeconds() : value.toMillis());
    }

    /** A metric's value, left out when it is 0. */
    public MetricsLine putUnlessZero(Metric metric, long value) {
        return value == 0 ? this : put(metric, value);
    }

    /** Several values of a metric; those beyond the format's limit are left out. */
    MetricsLine put(Metric metric, List<Long> values) {
        metrics.put(
                metric,
                values.stream().limit(MOST_VALUES).map(BigDecimal::valueOf).toList());
        return this;
    }

    /** A text, left out where it is null or empty. */
    public MetricsLine put(Property property, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            properties.put(property, text(value));
        }
        return this;
    }

    /** A number. */
    public MetricsLine put(Property property, long value) {
        properties.put(property, value);
        return this;
    }

    /** The pool that it is about. Only names of pools that are set up may come here. */
    public MetricsLine pool(String name) {
        properties.put(Property.POOL, dimension(name));
        return this;
    }

    /** What became of it, once. Only constants may come here. */
    public MetricsLine outcome(String outcome, String reason) {
        return because(outcome, reason).put(Metric.OUTCOMES, 1);
    }

    /** By which word and reason a metric is split. */
    public MetricsLine because(String outcome, String reason) {
        properties.put(Property.OUTCOME, dimension(outcome));
        properties.put(Property.REASON, dimension(reason));
        return this;
    }

    /** Whether it is known what became of it. */
    public boolean hasOutcome() {
        return metrics.containsKey(Metric.OUTCOMES);
    }

    void calls(Map<String, CallCount> value) {
        calls = value;
    }

    /** The line as JSON, with its end. */
    byte[] bytes() {
        return new EmbeddedMetrics(timestamp, metrics, properties, calls).bytes();
    }

    private static BigDecimal plain(double value) {
        var rounded = BigDecimal.valueOf(value)
                .setScale(DECIMALS, RoundingMode.HALF_UP)
                .stripTrailingZeros();
        return rounded.scale() < 0 ? rounded.setScale(0) : rounded;
    }

    /** A dimension's value is short ASCII, or CloudWatch drops the line's metrics. */
    private static String dimension(String value) {
        return DIMENSION.matcher(value).matches() ? value : "other";
    }

    /** Cut to a length; what is half a character becomes a question mark, and so does DEL, which no JSON writer escapes. */
    private static String text(String value) {
        var cut = value.length() > LONGEST_TEXT ? value.substring(0, LONGEST_TEXT) : value;
        return new String(cut.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8).replace('\u007f', '?');
    }
}
