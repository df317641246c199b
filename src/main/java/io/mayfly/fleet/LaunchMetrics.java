package io.mayfly.fleet;

import io.mayfly.config.Settings;
import io.mayfly.metrics.Kind;
import io.mayfly.metrics.Metric;
import io.mayfly.metrics.MetricsLine;
import io.mayfly.metrics.MetricsLog;
import io.mayfly.metrics.OutcomeMetrics;
import io.mayfly.metrics.Property;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.InstantSource;

/** The lines of launches by number. */
@Singleton
public class LaunchMetrics {

    private final Settings settings;
    private final MetricsLog log;
    private final InstantSource clock;

    LaunchMetrics(Settings settings, MetricsLog log, InstantSource clock) {
        this.settings = settings;
        this.log = log;
        this.clock = clock;
    }

    /** What became of a launch: what was launched, and what has kept it from launching all. */
    public void launch(QueuedJob oldest, String pool, BatchResult result) {
        var launched = result.instanceIds();
        if (!launched.isEmpty()) {
            log.write(line(oldest, pool)
                    .outcome("launched", "launched")
                    .put(Property.INSTANCE, String.join(",", launched))
                    .put(Metric.BATCH_SIZE, launched.size())
                    .put(Metric.TIME_TO_LAUNCH, Duration.between(oldest.createdAt(), clock.instant())));
        }
        var inTheWay = result.inTheWay();
        if (inTheWay != null) {
            var line = line(oldest, pool);
            OutcomeMetrics.put(inTheWay, line);
            log.write(line);
        }
    }

    private MetricsLine line(QueuedJob oldest, String pool) {
        return log.line(Kind.LAUNCH, settings.deployment())
                .pool(pool)
                .put(Property.JOB, oldest.id())
                .put(Property.REPOSITORY, oldest.repository().fullName().toString());
    }
}
