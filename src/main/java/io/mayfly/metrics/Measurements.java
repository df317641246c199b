package io.mayfly.metrics;

import io.mayfly.metrics.MetricsLine.CallCount;
import io.mayfly.priming.Primed;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What has been called and done since the last line that said so. Lambda gives an execution environment one event at a
 * time, so all of it belongs to the event that is answered next, together with what the start has called. The threads of a
 * sweep share it. Primed work is not counted, and its lines leave what was counted where it is.
 */
@Singleton
public class Measurements {

    /** There are about twenty operations; the bound is against a mistake. */
    private static final int MOST_OPERATIONS = 50;

    private final Map<Metric, Long> counts = new EnumMap<>(Metric.class);
    private final Map<Service, List<Long>> times = new EnumMap<>(Service.class);
    private final Map<String, CallCount> calls = new LinkedHashMap<>();
    private long rateLimitLeft = Long.MAX_VALUE;

    public Measurements() {
        counts.put(Metric.COLD_STARTS, 1L);
    }

    /** Counts something that happened. */
    public void count(Metric metric) {
        count(metric, 1);
    }

    /** Counts something that happened so often. */
    public synchronized void count(Metric metric, long number) {
        if (Primed.isUnderWay()) {
            return;
        }
        counts.merge(metric, number, Long::sum);
    }

    /** Counts a call, answered or not. */
    public synchronized void call(Service service, String operation, Duration time) {
        if (Primed.isUnderWay()) {
            return;
        }
        var milliseconds = Math.max(0, time.toMillis());
        counts.merge(service.calls(), 1L, Long::sum);
        times.computeIfAbsent(service, key -> new ArrayList<>()).add(milliseconds);
        if (calls.size() < MOST_OPERATIONS || calls.containsKey(operation)) {
            calls.merge(
                    operation,
                    new CallCount(1, milliseconds),
                    (known, one) -> new CallCount(known.count() + 1, known.milliseconds() + one.milliseconds()));
        }
    }

    /** An answer of GitHub has said what is left until the hour is over. */
    public synchronized void rateLimitLeft(long left) {
        rateLimitLeft = Math.min(rateLimitLeft, left);
    }

    /** Puts all of it into a line, and forgets it. */
    public synchronized void moveInto(MetricsLine line) {
        counts.forEach(line::putUnlessZero);
        times.forEach((service, values) -> line.put(service.time(), values));
        if (rateLimitLeft != Long.MAX_VALUE) {
            line.put(Metric.GITHUB_RATE_LIMIT_LEFT, rateLimitLeft);
        }
        line.calls(Map.copyOf(calls));
        if (Primed.isUnderWay()) {
            return;
        }
        counts.clear();
        times.clear();
        calls.clear();
        rateLimitLeft = Long.MAX_VALUE;
    }
}
