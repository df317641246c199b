package io.mayfly.metrics;

import io.mayfly.priming.Primed;
import jakarta.inject.Singleton;
import java.time.InstantSource;
import org.jboss.logging.Logger;

/** Begins lines and writes them. What fails here is logged, and fails nothing else. */
@Singleton
public class MetricsLog {

    private static final Logger LOG = Logger.getLogger(MetricsLog.class);

    private final MetricsOutput output;
    private final InstantSource clock;

    public MetricsLog(MetricsOutput output, InstantSource clock) {
        this.output = output;
        this.clock = clock;
    }

    /** A line of now. */
    public MetricsLine line(Kind kind, String deployment) {
        return new MetricsLine(kind, deployment, clock.millis());
    }

    /** Writes a line; one of primed work is made and dropped. */
    public void write(MetricsLine line) {
        try {
            var bytes = line.bytes();
            if (!Primed.isUnderWay()) {
                output.write(bytes);
            }
        } catch (RuntimeException e) {
            LOG.warnf("metrics not written why=%s", e.toString());
        }
    }
}
