package io.mayfly.outcome;

/** Why nothing is done for an event: a text for the answer, and a key for metrics, of which there must be few. */
public enum IgnoredReason {
    OTHER_EVENT("other-event", "event is not workflow_job"),
    IN_PROGRESS("in-progress", "action in_progress"),
    WAITING("waiting", "action waiting"),
    UNKNOWN_ACTION("unknown-action", "unknown action"),
    NOT_QUEUED("not-queued", "job status is not queued"),
    PAUSED("paused", "paused"),
    REPOSITORY_NOT_ALLOWED("repository-not-allowed", "repository is not allowed"),
    REPOSITORY_PUBLIC("repository-public", "repository is public"),
    NO_LABELS("no-labels", "job has no labels"),
    NO_POOL("no-pool", "labels of no pool"),
    NO_ORGANIZATION("no-organization", "repository belongs to no organization"),
    UNKNOWN_INSTALLATION("unknown-installation", "installation is none of this app's"),
    SKIPPED("skipped", "job was skipped"),
    NOT_OUR_RUNNER("not-our-runner", "runner is not of this deployment"),
    OTHER_RUNNER_OF_SAME_NAME("other-runner-of-same-name", "runner is another one of the same name"),
    RUNNER_BUSY("runner-busy", "runner is busy");

    private final String key;
    private final String text;

    IgnoredReason(String key, String text) {
        this.key = key;
        this.text = text;
    }

    /** For metrics. */
    public String key() {
        return key;
    }

    /** For people. */
    @Override
    public String toString() {
        return text;
    }
}
