package io.mayfly.sweep;

import io.mayfly.github.Deliveries;
import io.mayfly.github.DeliveryAttempt;
import io.mayfly.outcome.Outcome;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Has deliveries repeated that got no good answer: GitHub repeats none by itself. Each is repeated up to three times
 * within about half an hour. What was refused as wrong stays refused.
 */
@Singleton
class Redelivery {

    /** Of one sweep. */
    static final int MOST = 30;

    /** While a sweep launches, repeated {@code queued} events compete for the same launches, and for jobs that are served. */
    private static final int MOST_QUEUED_UNDER_LOAD = 8;

    /** All three take about half an hour. */
    static final Duration TAKES = Duration.ofMinutes(40);

    /**
     * How long the time for an attempt lasts where one that succeeded could be out of sight: longer than a burst, or a
     * GitHub that fails, keeps the sweep from making it.
     */
    private static final Duration LASTS = Duration.ofMinutes(60);

    /** How long after the first, second and third attempt the next is made. */
    private static final List<Duration> PAUSES =
            List.of(Duration.ofSeconds(30), Duration.ofMinutes(8), Duration.ofMinutes(18));

    private static final String EVENT = "workflow_job";
    private static final String QUEUED = "queued";
    private static final String COMPLETED = "completed";
    private static final Logger LOG = Logger.getLogger(Redelivery.class);

    private final Deliveries deliveries;

    Redelivery(Deliveries deliveries) {
        this.deliveries = deliveries;
    }

    /** The last attempts of the deliveries that should be repeated now: first those that end runners, then the oldest. */
    static List<DeliveryAttempt> due(DeliveryLog log, Instant now) {
        return byGuid(log.attempts()).values().stream()
                .filter(attempts -> isDue(attempts, log.wholeSince(), now))
                .map(Redelivery::last)
                .sorted(Comparator.comparingInt((DeliveryAttempt delivery) -> rank(delivery))
                        .thenComparing(DeliveryAttempt::deliveredAt)
                        .thenComparingLong(DeliveryAttempt::id))
                .toList();
    }

    /** The deliveries that have no good answer, whether or not they will be repeated; one of each guid. */
    static List<DeliveryAttempt> unanswered(DeliveryLog log) {
        return byGuid(log.attempts()).values().stream()
                .filter(attempts -> attempts.stream().noneMatch(DeliveryAttempt::succeeded))
                .map(Redelivery::last)
                .toList();
    }

    void redeliver(List<DeliveryAttempt> due, boolean underLoad, SweepRun run) {
        var queued = 0;
        var done = 0;
        for (var delivery : due) {
            var isQueued = QUEUED.equals(delivery.action());
            if (done >= MOST || (isQueued && underLoad && queued >= MOST_QUEUED_UNDER_LOAD)) {
                run.report().leaveForLater("delivery " + delivery.guid(), "enough are redelivered for now");
                continue;
            }
            if (!run.time().mayStart()) {
                run.report().leaveForLater("delivery " + delivery.guid(), "out of time");
                continue;
            }
            try {
                deliveries.redeliver(delivery, run.time().end());
            } catch (RuntimeException e) {
                var failure = run.report().note("delivery " + delivery.guid(), e);
                if (failure instanceof Outcome.Deferred deferred && deferred.cause() != Outcome.Cause.CALLS_SPENT) {
                    return;
                }
                continue;
            }
            LOG.infof("redelivered delivery=%s action=%s", delivery.guid(), delivery.action());
            run.report().redelivered(delivery.guid());
            done++;
            queued += isQueued ? 1 : 0;
        }
    }

    private static boolean isDue(List<DeliveryAttempt> attempts, Instant wholeSince, Instant now) {
        var last = last(attempts);
        if (attempts.stream().anyMatch(DeliveryAttempt::succeeded)
                || last.refusedForGood()
                || attempts.size() > PAUSES.size()) {
            return false;
        }
        var from = last.deliveredAt().plus(PAUSES.get(attempts.size() - 1));
        return !now.isBefore(from) && (!last.deliveredAt().isBefore(wholeSince) || now.isBefore(from.plus(LASTS)));
    }

    /** How many of these end runners. */
    static int terminations(List<DeliveryAttempt> due) {
        return (int) due.stream().filter(delivery -> rank(delivery) == 0).count();
    }

    private static DeliveryAttempt last(List<DeliveryAttempt> attempts) {
        return attempts.stream()
                .max(Comparator.comparing(DeliveryAttempt::deliveredAt).thenComparingLong(DeliveryAttempt::id))
                .orElseThrow();
    }

    private static int rank(DeliveryAttempt delivery) {
        if (COMPLETED.equals(delivery.action())) {
            return 0;
        }
        return QUEUED.equals(delivery.action()) ? 1 : 2;
    }

    private static Map<String, List<DeliveryAttempt>> byGuid(List<DeliveryAttempt> log) {
        return log.stream()
                .filter(delivery -> EVENT.equals(delivery.event()))
                .collect(Collectors.groupingBy(DeliveryAttempt::guid, LinkedHashMap::new, Collectors.toList()));
    }
}
