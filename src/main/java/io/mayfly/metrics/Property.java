package io.mayfly.metrics;

/** The names of what a line says beside its metrics. The first four are dimensions, the others are only searched. */
public enum Property {
    DEPLOYMENT("Deployment"),
    POOL("Pool"),
    OUTCOME("Outcome"),
    REASON("Reason"),

    EVENT("Event"),
    REQUEST("Request"),
    DELIVERY("Delivery"),
    ACTION("Action"),
    JOB("Job"),
    REPOSITORY("Repository"),
    WORKFLOW("Workflow"),
    LABELS("Labels"),
    RUNNER("Runner"),
    INSTANCE("Instance"),
    INSTANCE_TYPE("InstanceType"),
    MARKET("Market"),
    LAUNCHED_AT("LaunchedAt"),
    WHY("Why"),
    ENDED("Ended"),
    MILLISECONDS("Milliseconds"),
    CALLS("Calls"),
    COUNT("Count");

    private final String text;

    Property(String text) {
        this.text = text;
    }

    @Override
    public String toString() {
        return text;
    }
}
