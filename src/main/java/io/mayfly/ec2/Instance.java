package io.mayfly.ec2;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/**
 * An instance as EC2 shows it.
 *
 * @param account that owns it
 * @param state pending, running, shutting-down, terminated, stopping or stopped
 * @param type empty where EC2 does not say
 * @param stateReason why it has ended
 */
public record Instance(
        String id,
        String account,
        String state,
        Instant launchedAt,
        String type,
        CapacityType capacityType,
        Map<String, String> tags,
        StateReason stateReason) {

    /** Whether it is on its way up, or up. */
    public boolean isLive() {
        return "pending".equals(state) || "running".equals(state);
    }

    /** Whether it is ending or has ended. */
    public boolean hasEnded() {
        return "shutting-down".equals(state) || "terminated".equals(state);
    }

    /** Whether it was launched longer ago. */
    public boolean isOlderThan(Duration age, Instant now) {
        return launchedAt.plus(age).isBefore(now);
    }

    /** Whether it has got its runner's configuration, or is about to. */
    public boolean isClaimed() {
        return !tag(Tags.RUNNER_ID).isEmpty();
    }

    /** Whether it has no runner and will get none. Where both tags are there, the claim was first. */
    public boolean isWithdrawn() {
        return !isClaimed() && !tag(Tags.WITHDRAWN).isEmpty();
    }

    /** The value of a tag, empty where it is missing. */
    public String tag(String key) {
        return tags.getOrDefault(key, "");
    }
}
