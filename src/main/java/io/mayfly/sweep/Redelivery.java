package io.mayfly.sweep;

import io.mayfly.github.Deliveries;
import io.mayfly.github.DeliveryAttempt;
import io.mayfly.outcome.Outcome;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import org.jboss.logging.Logger;

/**
 * Has deliveries of {@code completed} repeated that got no good answer: GitHub repeats none by itself. Each is repeated up to three
 * times within about half an hour. What was refused as wrong stays refused. For a job that is queued the sweep launches itself.
 */
@Singleton
class Redelivery {

    /** Of one sweep. */
    static final int MOST = 30;

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

    private static final String COMPLETED = "completed";
    private static final Logger LOG = Logger.getLogger(Redelivery.class);

    private final Deliveries deliveries;

    Redelivery(Deliveries deliveries) {
        this.deliveries = deliveries;
    }

    /** The last attempts of the deliveries that should be repeated now, the oldest first. */
    static List<DeliveryAttempt> due(DeliveryLog log, Instant now) {
        return log.byGuid(COMPLETED).stream()
                .filter(attempts -> isDue(attempts, log.wholeSince(), now))
                .map(Redelivery::last)
                .sorted(Comparator.comparing(DeliveryAttempt::deliveredAt).thenComparingLong(DeliveryAttempt::id))
                .toList();
    }

    void redeliver(List<DeliveryAttempt> due, SweepRun run) {
        var done = 0;
        for (var delivery : due) {
            if (done >= MOST || !run.time().mayStart()) {
                run.report()
                        .leaveForLater(
                                "delivery " + delivery.guid(),
                                done >= MOST ? "enough are redelivered for now" : "out of time");
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

    private static DeliveryAttempt last(List<DeliveryAttempt> attempts) {
        return attempts.stream()
                .max(Comparator.comparing(DeliveryAttempt::deliveredAt).thenComparingLong(DeliveryAttempt::id))
                .orElseThrow();
    }
}
