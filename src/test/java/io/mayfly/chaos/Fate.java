package io.mayfly.chaos;

import io.mayfly.playground.Response;
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
record Fate(
        String name,
        @Nullable Duration carriedOutAfter,
        @Nullable Duration answeredAfter,
        @Nullable Response answer,
        boolean broken) {

    static final String GOOD = "good";

    static Fate good(Duration latency) {
        return new Fate(GOOD, latency.multipliedBy(6).dividedBy(10), latency, null, false);
    }

    boolean isGood() {
        return name.equals(GOOD);
    }

    boolean isCarriedOut() {
        return carriedOutAfter != null;
    }
}
