package io.mayfly.ec2;

import io.mayfly.outcome.Excerpt;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Why an instance is in its state, in EC2's words.
 *
 * @param code such as {@code Client.InternalError}; empty for an instance that has not ended
 * @see <a href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StateReason.html">StateReason</a>
 */
public record StateReason(String code, String message) {

    /** EC2 says nothing. */
    public static final StateReason NONE = new StateReason("", "");

    private static final int SHOWN_OF_A_CODE = 80;
    private static final int SHOWN_OF_A_MESSAGE = 300;

    private static final Map<String, String> MEANINGS = Map.ofEntries(
            Map.entry(
                    "Client.InternalError",
                    "mostly the KMS key of the volume: the function's role may not use it (kms:CreateGrant and the"
                            + " like), or it is disabled"),
            Map.entry(
                    "Client.InvalidSnapshot.NotFound", "the image's snapshot is gone or not shared: use another image"),
            Map.entry(
                    "Client.VolumeLimitExceeded",
                    "the account's limit of EBS storage in this region is reached: raise the quota in Service Quotas"),
            Map.entry("Client.InstanceTerminated", "it was ended, or restarted while an image was made of it"),
            Map.entry(
                    "Client.UserInitiatedShutdown",
                    "somebody ended it by EC2's API: see CloudTrail for TerminateInstances with its id"),
            Map.entry("Client.UserInitiatedHibernate", "somebody hibernated it by EC2's API: see CloudTrail"),
            Map.entry(
                    "Client.InstanceInitiatedShutdown",
                    "it ended itself: the console says why; the AMI, the subnet's way to the internet, or the runner's"
                            + " version is the usual cause"),
            Map.entry(
                    "Server.InsufficientInstanceCapacity",
                    "AWS had none after all: add instance types, subnets or markets to the pool"),
            Map.entry(
                    "Server.InternalError", "a failure of AWS: if it happens again, AWS Health Dashboard and support"),
            Map.entry("Server.ScheduledStop", "AWS retired the machine beneath it"),
            Map.entry(
                    "Server.SpotInstanceShutdown",
                    "AWS took the spot instance back: add types and subnets, or on-demand"),
            Map.entry(
                    "Server.SpotInstanceTermination",
                    "AWS took the spot instance back: add types and subnets, or on-demand"));

    /** What EC2 says; bounded, on one line. */
    static StateReason of(software.amazon.awssdk.services.ec2.model.@Nullable StateReason reason) {
        return reason == null || reason.code() == null
                ? NONE
                : new StateReason(
                        Excerpt.of(reason.code(), SHOWN_OF_A_CODE),
                        reason.message() == null ? "" : Excerpt.of(reason.message(), SHOWN_OF_A_MESSAGE));
    }

    /** What it means to those who run it, and the cure; null where the code is not known. */
    public @Nullable String meaning() {
        return MEANINGS.get(code);
    }

    /** EC2's own words, which mostly begin with the code. */
    @Override
    public String toString() {
        return message.startsWith(code) ? message : code + ": " + message;
    }
}
