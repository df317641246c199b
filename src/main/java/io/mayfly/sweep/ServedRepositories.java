package io.mayfly.sweep;

import io.mayfly.github.Installation;
import io.mayfly.github.Installations;
import io.mayfly.github.Repository;
import io.mayfly.github.Scope;
import io.mayfly.pool.Pool;
import io.mayfly.pool.RepositoryPolicy;
import io.mayfly.pool.RunnerPools;
import io.mayfly.time.Deadline;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The repositories that are served, in an order that stays. Remembered for 10 minutes to spare calls. */
@Singleton
class ServedRepositories {

    private static final Duration REMEMBERED = Duration.ofMinutes(10);

    private final Installations installations;
    private final RepositoryPolicy policy;
    private final RunnerPools pools;
    private final InstantSource clock;

    private List<Repository> known = List.of();
    private Instant knownUntil = Instant.MIN;

    ServedRepositories(Installations installations, RepositoryPolicy policy, RunnerPools pools, InstantSource clock) {
        this.installations = installations;
        this.policy = policy;
        this.pools = pools;
        this.clock = clock;
    }

    /** The served repositories, by GitHub's id. */
    synchronized List<Repository> repositories(SweepReport report, Deadline deadline) {
        var now = clock.instant();
        if (now.isBefore(knownUntil)) {
            return known;
        }
        var found = new ArrayList<Repository>();
        var all = report.part("installations", () -> installations.all(deadline));
        var complete = all != null;
        for (var installation : all == null ? List.<Installation>of() : all) {
            if (installation.suspended()) {
                report.skip("installation " + installation.id(), "suspended by " + installation.account());
                continue;
            }
            var reached = report.part(
                    "repositories of installation " + installation.id(),
                    () -> installations.repositories(installation, reader(installation.account()), deadline));
            complete &= reached != null;
            if (reached != null) {
                reached.stream()
                        .filter(repository ->
                                policy.refusal(repository.fullName(), () -> !repository.isPrivate()) == null)
                        .forEach(found::add);
            }
        }
        found.sort(Comparator.comparingLong(Repository::id));
        if (complete) {
            known = List.copyOf(found);
            knownUntil = now.plus(REMEMBERED);
        }
        return found;
    }

    /**
     * A scope whose permissions a token needs that only reads: an app for organization pools has no permission to
     * administer repositories, and its tokens must not ask for it.
     */
    Scope reader(String owner) {
        return hasPools(Pool.Level.REPOSITORY) ? Scope.repository(owner + "/any") : Scope.organization(owner);
    }

    boolean hasPools(Pool.Level level) {
        return pools.all().stream().anyMatch(pool -> pool.level() == level);
    }
}
