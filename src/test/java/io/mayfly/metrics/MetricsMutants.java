package io.mayfly.metrics;

/** The metrics, broken on purpose. */
public final class MetricsMutants {

    private MetricsMutants() {}

    /** Says nothing of registrations that were deleted. */
    public static final class ForgetsDeregistrations extends Measurements {

        @Override
        public synchronized void count(Metric metric, long number) {
            if (metric != Metric.DEREGISTRATIONS) {
                super.count(metric, number);
            }
        }
    }
}
