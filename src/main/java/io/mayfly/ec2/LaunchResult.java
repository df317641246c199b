package io.mayfly.ec2;

import io.mayfly.aws.ServiceError;
import java.util.List;

/** How a try to launch ended. */
public sealed interface LaunchResult {

    /** EC2 has launched these, fewer than asked for where it has no room for more. */
    record Launched(List<String> instanceIds) implements LaunchResult {}

    /** EC2 has answered that it did not launch. */
    record Refused(Ec2Error kind, ServiceError error) implements LaunchResult {

        /** EC2's error code. */
        public String code() {
            return error.code();
        }

        /** AWS' own words, on one line. */
        public String message() {
            return error.message();
        }

        /** AWS' request id. */
        public String requestId() {
            return error.requestId();
        }
    }

    /**
     * The same was launched before, and not by a call like this one.
     *
     * @param ended whether it is gone
     */
    record LaunchedBefore(boolean ended) implements LaunchResult {}

    /** There is no answer, or one that does not tell: it may have launched. */
    record Unanswered(String why) implements LaunchResult {}
}
