package io.mayfly.metrics;

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

    /** Writes a line. */
    public void write(MetricsLine line) {
        try {
            output.write(line.bytes());
        } catch (RuntimeException e) {
            LOG.warnf("metrics not written why=%s", e.toString());
        }
    }

    /** Makes a line for the first time, and drops it. */
    public void rehearse() {
        line(Kind.WEBHOOK, "rehearsal").outcome("ignored", "rehearsal").bytes();
    }
}
