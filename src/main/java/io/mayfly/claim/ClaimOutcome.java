package io.mayfly.claim;

import io.mayfly.ec2.Instance;
import io.mayfly.outcome.Failure;
import io.mayfly.outcome.IgnoredException;
import java.util.function.Supplier;

/** What became of a claim. */
sealed interface ClaimOutcome {

    /**
     * The instance gets its runner's configuration.
     *
     * @param jitConfig a secret until the runner has used it
     */
    record Granted(Instance instance, String pool, String runner, String jitConfig) implements ClaimOutcome {

        @Override
        public String toString() {
            return "Granted[" + runner + "]";
        }
    }

    /** It gets none, and the message says why. */
    record Refused(Refusal why, String message) implements ClaimOutcome {

        static Refused because(Refusal why) {
            return new Refused(why, why.toString());
        }
    }

    /** It could not be found out, or not be done. */
    record Failed(Failure failure) implements ClaimOutcome {}

    /** What becomes of this work. */
    static ClaimOutcome of(Supplier<? extends ClaimOutcome> work) {
        try {
            return work.get();
        } catch (IgnoredException found) {
            return Refused.because(Refusal.OTHER_DEPLOYMENT);
        } catch (RuntimeException | Error thrown) {
            return Failure.of(thrown) instanceof Failure.BadEvent bad
                    ? new Refused(Refusal.BAD_FORM, bad.message())
                    : new Failed(Failure.of(thrown));
        }
    }
}
