package io.mayfly.sweep;

import io.mayfly.github.InstalledScope;
import io.mayfly.github.Listing;
import io.mayfly.github.Runner;
import io.mayfly.github.RunnerId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The runners of a scope, as listed at a moment.
 *
 * @param whole whether all entries were understood: without, nothing follows from a runner's absence
 */
record RunnerListing(InstalledScope where, List<Runner> runners, boolean whole, Instant at) {

    static RunnerListing of(InstalledScope where, Listing<Runner> listed, Instant at) {
        return new RunnerListing(where, listed.entries(), listed.whole(), at);
    }

    @Nullable
    Runner find(RunnerId id) {
        return runners.stream()
                .filter(runner -> runner.id().equals(id))
                .findFirst()
                .orElse(null);
    }

    boolean hasNamed(String name) {
        return runners.stream().anyMatch(runner -> runner.name().equals(name));
    }
}
