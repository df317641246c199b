package io.mayfly.fleet;

import io.mayfly.outcome.Outcome;
import io.mayfly.outcome.Outcome.Cause;
import io.mayfly.time.Deadline;
import io.mayfly.time.Sleeper;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * Until when calls of a batch may begin: looked at before each.
 *
 * @param deadline by when the work has to have ended
 */
record LaunchTime(Batch batch, Deadline deadline, Sleeper sleeper, InstantSource clock) {

    private static final Duration WORTH_A_TRY = Duration.ofMillis(200);
    private static final Duration WORTH_A_REPETITION = Duration.ofSeconds(1);
    private static final Duration NEXT_SWEEP = Duration.ofSeconds(60);
    private static final Outcome OUT_OF_TIME = new Outcome.Deferred(Cause.UNAVAILABLE, "out of time", NEXT_SWEEP);

    /** EC2 gives 2 calls of RunInstances a second, for all. */
    private static final Duration AFTER_A_THROTTLED_ONE = Duration.ofSeconds(2);

    /** What becomes of the batch where it is too late for another call; null where it is not. */
    @Nullable
    Outcome late() {
        if (isOver()) {
            return batch.late();
        }
        return deadline.allows(WORTH_A_TRY) ? null : OUT_OF_TIME;
    }

    /** Whether there is time for a call once more. */
    boolean allowsRepetition() {
        return !isOver() && deadline.allows(WORTH_A_REPETITION);
    }

    /** Waits until EC2 may take calls again. */
    void pause() {
        sleeper.sleep(AFTER_A_THROTTLED_ONE);
    }

    private boolean isOver() {
        return clock.instant().isAfter(batch.until());
    }
}
