package io.mayfly.chaos;

import io.mayfly.playground.wire.ServerResponse;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of one remote call.
 *
 * @param carriedOutAfter from its sending; null: never
 * @param answeredAfter from its sending; null: never
 * @param answer in the place of the service's; null: the service's own
 * @param broken the connection breaks in the place of an answer
 */
record CallOutcome(
        String name,
        @Nullable Duration carriedOutAfter,
        @Nullable Duration answeredAfter,
        @Nullable ServerResponse answer,
        boolean broken) {

    static final String GOOD = "good";

    static CallOutcome good(Duration latency) {
        return new CallOutcome(GOOD, latency.multipliedBy(6).dividedBy(10), latency, null, false);
    }

    boolean isGood() {
        return name.equals(GOOD);
    }

    boolean isCarriedOut() {
        return carriedOutAfter != null;
    }
}
