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
    public static final String RUNNER = PREFIX + "runner";
    public static final String RUNNER_ID = PREFIX + "runner-id";

    /** Its own limits, as they were at its launch: register/idle/max in seconds. */
    public static final String TIMEOUTS = PREFIX + "timeouts";

    /** Since when the sweep sees the runner idle or absent; the only tag that is written after the launch. */
    public static final String SUSPECT = PREFIX + "suspect";

    private Tags() {}
}
