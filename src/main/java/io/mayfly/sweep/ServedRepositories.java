package io.mayfly.sweep;

import io.mayfly.github.Installation;
import io.mayfly.github.InstallationId;
import io.mayfly.github.Installations;
import io.mayfly.github.InstalledScope;
import io.mayfly.github.Listing;
import io.mayfly.github.Login;
import io.mayfly.github.Repository;
import io.mayfly.github.RepositoryName;
import io.mayfly.github.Scope;
import io.mayfly.pool.Pool;
import io.mayfly.pool.RepositoryPolicy;
import io.mayfly.pool.RunnerPools;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The repositories that are served, in an order that stays. What each installation reaches is remembered for 10 minutes to
 * spare calls. A sweep asks for a number of installations only, first for those with deliveries without a good answer, then
 * by turn, so that none is always behind the others.
 */
@Singleton
class ServedRepositories {

    private static final Duration REMEMBERED = Duration.ofMinutes(10);

    /** How long what an installation reached is taken for true where it can't be asked again. */
    private static final Duration STALE = Duration.ofHours(1);

    /** Of a sweep's calls, a third: the others look for jobs. */
    private static final int CALLS = 20;

    /** A token and a page. */
    private static final int CALLS_OF_ONE = 2;

    /** How far a turn moves on: for so many the calls suffice also where each has some hundred repositories. */
    private static final int SURELY_ASKED = 4;

    private final Installations installations;
    private final RepositoryPolicy policy;
    private final RunnerPools pools;
    private final InstantSource clock;
    private final Map<InstallationId, Reach> known = new HashMap<>();

    ServedRepositories(Installations installations, RepositoryPolicy policy, RunnerPools pools, InstantSource clock) {
        this.installations = installations;
        this.policy = policy;
        this.pools = pools;
        this.clock = clock;
    }

    /**
     * The served repositories, by GitHub's id.
     *
     * @param repositories not whole where some installation's are not known
     * @param round in how many turns each installation is asked by who knows none
     */
    record Served(Listing<Repository> repositories, int round) {}

    private record Reach(Listing<Repository> repositories, Instant at) {}

    /**
     * Finds them.
     *
     * @param first installations where something is likely to be found
     */
    synchronized Served repositories(Set<InstallationId> first, long turn, SweepRun run) {
        var now = clock.instant();
        var all = run.report()
                .part("installations", () -> installations.all(run.time().end()));
        if (all == null) {
            return new Served(new Listing<>(sorted(known.values()), false), 1);
        }
        known.keySet().retainAll(all.entries().stream().map(Installation::id).toList());
        known.values().removeIf(reach -> reach.at().plus(STALE).isBefore(now));
        var calls = run.calls().part(Math.min(CALLS, run.calls().left() / 2));
        var left = 0;
        for (var installation : inTurn(due(all.entries(), now, run), first, turn)) {
            if (calls.left() < CALLS_OF_ONE) {
                left++;
                continue;
            }
            var reached = run.report()
                    .part(
                            "repositories of installation " + installation.id(),
                            () -> calls.spend(() -> installations.repositories(
                                    installation,
                                    reader(installation.account().value()),
                                    run.time().end())));
            if (reached != null) {
                known.put(installation.id(), new Reach(reached, now));
            }
        }
        if (left > 0) {
            run.report().leaveForLater("repositories of " + left + " installations", "by turn, some in each sweep");
        }
        var whole = all.entries().stream()
                .filter(installation -> !installation.suspended())
                .allMatch(installation -> {
                    var reach = known.get(installation.id());
                    return reach != null && reach.repositories().whole();
                });
        return new Served(
                new Listing<>(sorted(known.values()), whole),
                Math.max(1, all.entries().size()));
    }

    /** Those that are not known, or not any more. */
    private List<Installation> due(List<Installation> all, Instant now, SweepRun run) {
        var due = new ArrayList<Installation>();
        for (var installation : all) {
            var reach = known.get(installation.id());
            if (installation.suspended()) {
                known.remove(installation.id());
                run.report().skip("installation " + installation.id(), "suspended by " + installation.account());
            } else if (reach == null || !now.isBefore(reach.at().plus(REMEMBERED))) {
                due.add(installation);
            }
        }
        return due;
    }

    static List<Installation> inTurn(List<Installation> due, Set<InstallationId> first, long turn) {
        var others = new ArrayList<>(due);
        others.sort(Comparator.comparingLong(installation -> installation.id().value()));
        Collections.rotate(others, (int) -Math.floorMod(turn * SURELY_ASKED, (long) Math.max(1, others.size())));
        others.sort(Comparator.comparing(installation -> !first.contains(installation.id())));
        return others;
    }

    private List<Repository> sorted(Iterable<Reach> reaches) {
        var found = new ArrayList<Repository>();
        for (var reach : reaches) {
            reach.repositories().entries().stream()
                    .filter(repository -> policy.refusal(repository.fullName(), () -> !repository.isPrivate()) == null)
                    .forEach(found::add);
        }
        found.sort(Comparator.comparingLong(Repository::id));
        return found;
    }

    /** What a token needs that reads in a repository. */
    InstalledScope reader(RepositoryName repository, InstallationId installation) {
        return new InstalledScope(reader(repository.owner()), installation);
    }

    /**
     * A scope whose permissions a token needs that only reads: an app for organization pools has no permission to
     * administer repositories, and its tokens must not ask for it.
     */
    private Scope reader(String owner) {
        return hasPools(Pool.Level.REPOSITORY)
                ? new Scope.OfRepository(new RepositoryName(owner, "any"))
                : new Scope.OfOrganization(new Login(owner));
    }

    boolean hasPools(Pool.Level level) {
        return pools.all().stream().anyMatch(pool -> pool.level() == level);
    }
}
