package io.mayfly.chaos;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The seed that caught a mutant.
 *
 * @param violation by which it was caught; null: it was not
 */
record Caught(Mutant mutant, long seed, @Nullable Violation violation, Duration wall) {

    private static final int SEEDS = 8;

    /** Tries the seed that caught it last time, then the first ones. */
    static Caught search(Mutant mutant) {
        var began = System.nanoTime();
        for (var tried = 0; tried < SEEDS; tried++) {
            var seed = tried == 0 ? mutant.firstSeed() : tried;
            for (var violation :
                    new Simulation(seed, mutant.scenarioWithIt()).run().violations()) {
                if (mutant.breaks().contains(violation.promise())) {
                    return new Caught(mutant, seed, violation, Duration.ofNanos(System.nanoTime() - began));
                }
            }
        }
        return new Caught(mutant, SEEDS, null, Duration.ofNanos(System.nanoTime() - began));
    }

    boolean isCaught() {
        return violation != null;
    }

    @Override
    public String toString() {
        return mutant.name()
                + (violation == null
                        ? ": NOT CAUGHT by " + seed + " seeds"
                        : ": " + violation.promise().figure() + ", " + mutant.scenario() + " seed " + seed)
                + " (%.1f s)".formatted(wall.toMillis() / 1000.0);
    }
}
