package io.mayfly.ec2;

/** The tags by which an instance carries its story. */
public final class Tags {

    public static final String NAME = "Name";
    public static final String PREFIX = "mayfly:";
    public static final String DEPLOYMENT = PREFIX + "deployment";
    public static final String POOL = PREFIX + "pool";
    public static final String SCOPE = PREFIX + "scope";
    public static final String REPOSITORY = PREFIX + "repository";
    public static final String INSTALLATION = PREFIX + "installation";
    public static final String JOB = PREFIX + "job";

    /** GitHub's id of the repository or organization that the scope names: it stays when that is renamed. */
    public static final String SCOPE_ID = PREFIX + "scope-id";

    /** Of the job, where it is known. */
    public static final String RUN = PREFIX + "run";

    /** GitHub's id of the registration: written once, by the claim. Without it the instance has no configuration. */
    public static final String RUNNER_ID = PREFIX + "runner-id";

    /** Since when an unclaimed instance is not needed, and for which job's sake. Its claim is refused. */
    public static final String WITHDRAWN = PREFIX + "withdrawn";

    /** Its own limits, as they were at its launch: register/idle/max in seconds. */
    public static final String TIMEOUTS = PREFIX + "timeouts";

    /** Since when the sweep sees the runner idle or absent. */
    public static final String SUSPECT = PREFIX + "suspect";

    /** Until when an operator keeps the instance, and who. Never written here. */
    public static final String HOLD = PREFIX + "hold";

    private Tags() {}
}
