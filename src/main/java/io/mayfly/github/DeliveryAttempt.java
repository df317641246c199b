package io.mayfly.github;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to deliver a webhook, from the app's delivery log.
 *
 * @param id of the attempt
 * @param guid the same for all attempts of a delivery
 * @param statusCode of the answer, 0 where there was none
 * @param repository GitHub's id, 0 for none
 */
public record DeliveryAttempt(
        long id,
        String guid,
        Instant deliveredAt,
        int statusCode,
        String event,
        @Nullable String action,
        long installation,
        long repository) {

    private static final int ACCEPTED = 202;

    /** Whether it had a good answer. */
    public boolean succeeded() {
        return statusCode >= 200 && statusCode < 400;
    }

    /** Whether the answer leaves its job to the sweep: it was handed over, or somebody was not there, or not able. */
    public boolean leavesItsJob() {
        return statusCode == ACCEPTED || !(succeeded() || refusedForGood());
    }

    /**
     * Whether the answer says that another attempt would be refused just so. 401 does not: during a rotation of the secret it is
     * right a moment later.
     */
    public boolean refusedForGood() {
        return statusCode >= 400 && statusCode < 500 && statusCode != 401 && statusCode != 408 && statusCode != 429;
    }
}
