package io.mayfly.ec2;

/** How a try to launch ended. */
public sealed interface LaunchResult {

    /** EC2 has launched it. */
    record Launched(String instanceId) implements LaunchResult {}

    /**
     * EC2 has answered that it did not launch.
     *
     * @param code EC2's error code
     * @param message EC2's own words, for the log
     * @param requestId AWS's request id
     */
    record Refused(Ec2Error kind, String code, String message, String requestId) implements LaunchResult {}

    /** There is no answer, or one that does not tell: it may have launched. */
    record Unanswered(String why) implements LaunchResult {}
}
