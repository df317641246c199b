package io.mayfly.queue;

import io.mayfly.config.Settings;
import io.mayfly.invocation.LambdaInvocation;
import io.mayfly.metrics.Kind;
import io.mayfly.metrics.Measurements;
import io.mayfly.metrics.Metric;
import io.mayfly.metrics.MetricsLog;
import io.mayfly.metrics.Property;
import jakarta.inject.Singleton;
import org.jboss.logging.Logger;

/** The line of an event of the queue. */
@Singleton
class QueueMetrics {

    private static final Logger LOG = Logger.getLogger(QueueMetrics.class);

    private final Settings settings;
    private final Measurements measurements;
    private final MetricsLog log;

    QueueMetrics(Settings settings, Measurements measurements, MetricsLog log) {
        this.settings = settings;
        this.measurements = measurements;
        this.log = log;
    }

    /**
     * What was taken. Never throws: it is no part of the work.
     *
     * @param jobs for how many of the messages it was to be launched
     */
    void consumed(int messages, int jobs, LambdaInvocation invocation) {
        try {
            var line = log.line(Kind.QUEUE, settings.deployment())
                    .put(Property.REQUEST, invocation.id())
                    .put(Metric.QUEUE_MESSAGES, messages)
                    .putUnlessZero(Metric.QUEUE_MESSAGES_DROPPED, messages - jobs)
                    .put(Property.MILLISECONDS, invocation.age().toMillis());
            measurements.moveInto(line);
            log.write(line);
        } catch (RuntimeException e) {
            LOG.warnf("metrics of the messages not written why=%s", e.toString());
        }
    }
}
