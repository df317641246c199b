package io.mayfly.metrics;

/** A service that is called. */
public enum Service {
    GITHUB(Metric.GITHUB_CALLS, Metric.GITHUB_TIME),
    EC2(Metric.EC2_CALLS, Metric.EC2_TIME),
    SSM(Metric.SSM_CALLS, Metric.SSM_TIME),
    STS(Metric.STS_CALLS, Metric.STS_TIME),
    SQS(Metric.SQS_CALLS, Metric.SQS_TIME);

    private final Metric calls;
    private final Metric time;

    Service(Metric calls, Metric time) {
        this.calls = calls;
        this.time = time;
    }

    Metric calls() {
        return calls;
    }

    Metric time() {
        return time;
    }
}
