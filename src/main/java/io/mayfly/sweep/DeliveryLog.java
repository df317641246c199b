package io.mayfly.sweep;

import io.mayfly.github.Deliveries;
import io.mayfly.github.DeliveryAttempt;
import io.mayfly.time.Deadline;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The newest part of the app's delivery log.
 *
 * @param attempts from the newest to the oldest
 * @param wholeSince until then all attempts are here; of those before only the ones that failed, so that a later one that
 *     succeeded may be missing
 */
record DeliveryLog(List<DeliveryAttempt> attempts, Instant wholeSince) {

    private static final String EVENT = "workflow_job";
    private static final String QUEUED = "queued";
    private static final Duration LOOKED_AT = Duration.ofHours(3);
    private static final int PAGES = 5;

    /** Where very many come, as many pages more as show those of which a job waits that is due. */
    private static final int MOST_PAGES = 12;

    private static final Duration SHOWS_JOBS = Duration.ofSeconds(150);
    private static final int PAGES_OF_FAILURES = 3;

    static DeliveryLog empty() {
        return new DeliveryLog(List.of(), Instant.MAX);
    }

    /** Reads the newest attempts, and where these do not reach back far, the failures before them. */
    static DeliveryLog read(Deliveries deliveries, Instant now, Deadline deadline) {
        var since = now.minus(LOOKED_AT);
        var newest = deliveries.newest(since, PAGES, now.minus(SHOWS_JOBS), MOST_PAGES, deadline);
        if (newest.isEmpty()) {
            return new DeliveryLog(newest, since);
        }
        var reached = newest.getLast().deliveredAt();
        if (newest.size() < PAGES * Deliveries.PAGE || reached.isBefore(now.minus(Redelivery.TAKES))) {
            return new DeliveryLog(newest, since);
        }
        var attempts = new ArrayList<>(newest);
        deliveries.newestFailures(since, PAGES_OF_FAILURES, deadline).stream()
                .filter(failure -> failure.deliveredAt().isBefore(reached))
                .forEach(attempts::add);
        return new DeliveryLog(attempts, reached);
    }

    /**
     * The deliveries of jobs that are left to the sweep, one of each, the newest first: they were handed over, or got no good answer.
     */
    List<DeliveryAttempt> jobsLeft() {
        return byGuid(QUEUED).stream()
                .filter(delivery -> delivery.stream().allMatch(DeliveryAttempt::leavesItsJob))
                .map(List::getFirst)
                .toList();
    }

    /** The attempts of each delivery of an action, the newest first. */
    List<List<DeliveryAttempt>> byGuid(String action) {
        return List.copyOf(attempts.stream()
                .filter(attempt -> EVENT.equals(attempt.event()) && action.equals(attempt.action()))
                .collect(Collectors.groupingBy(DeliveryAttempt::guid, LinkedHashMap::new, Collectors.toList()))
                .values());
    }
}
