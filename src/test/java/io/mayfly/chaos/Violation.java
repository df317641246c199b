package io.mayfly.chaos;

import java.util.List;

/**
 * A promise that was broken.
 *
 * @param about words by which the history tells how it came to this
 */
record Violation(Promise promise, String what, List<String> about) {

    /** What holds whatever the others do. */
    enum Promise {
        NO_BUSY_RUNNER_IS_ENDED("busy runners ended by us"),
        WHAT_GITHUB_CALLS_BUSY_IS_LEFT("runners ended that GitHub called busy"),
        NOTHING_OF_OTHERS_IS_TOUCHED("instances and registrations of others touched"),
        ONE_LAUNCH_FOR_A_DELIVERY("second instances launched for a job by the same choice"),
        TIME_IS_THE_LOCK("launches outside of their time"),
        ONE_WITHDRAWAL_FOR_A_JOB("instances withdrawn for a job of another run, or as the second of a job"),
        A_MESSAGE_IS_LAUNCHED_FOR_ONCE("instances launched beyond the jobs that the queue's consumer was told of"),
        A_CLAIM_IS_FOR_ITS_OWN_INSTANCE("claims answered for another instance"),
        NO_CONFIGURATION_BEFORE_ITS_TAG("configurations that left before their tag"),
        ONE_RUNNER_FOR_AN_INSTANCE("second runners of an instance"),
        THE_TAG_OF_A_CLAIM_STAYS("tags of runners written by others than their claim"),
        NO_CLAIMED_INSTANCE_IS_WITHDRAWN("claimed instances ended as unclaimed"),
        FEW_WHERE_NONE_CLAIMS("launches of an image that never claims, beyond the bound"),
        A_BOOTING_INSTANCE_KEEPS_ITS_REGISTRATION("registrations deleted under a booting instance"),
        NO_MORE_LAUNCHES_THAN_REGISTRATIONS("batches launched beyond what GitHub registers in a minute"),
        NO_CLAIM_WAITS_WHILE_AN_APP_IS_FREE("claims refused for the limit of one app while another was free"),
        NO_LAUNCH_FOR_AN_ENDED_JOB("launches for a job that ended minutes ago"),
        ONLY_OUR_JOBS_ARE_SERVED("launches for a job that is not ours"),
        EVERY_JOB_IS_SERVED("jobs without a runner"),
        A_LOST_WEBHOOK_COSTS_A_SWEEP(
                "jobs of a hundred, but for one, that waited too long after their webhook was lost"),
        NO_INSTANCE_IS_LEFT("instances left"),
        NO_REGISTRATION_IS_LEFT("registrations left"),
        EVERY_DELIVERY_IS_ANSWERED("delivered webhooks without an answer"),
        ONLY_RUNNERS_ARE_CHANGED("calls that change something other than runners"),
        ONLY_OUR_REGISTRATIONS_ARE_DELETED("registrations deleted without our name and label"),
        ANOTHER_ZONE_IS_TRIED("launches given up after one zone"),
        EVERY_INVOCATION_KEEPS_ITS_TIME("calls begun after the time for them"),
        FEW_EXTRA_LAUNCHES("launches beyond the bound"),
        METRICS_ADD_UP("metrics that do not add up"),
        NO_UNEXPECTED_FAILURE("unexpected failures");

        private final String figure;

        Promise(String figure) {
            this.figure = figure;
        }

        String figure() {
            return figure;
        }
    }
}
