package io.mayfly.sweep;

import io.mayfly.github.InstallationId;
import io.mayfly.github.InstalledScope;
import io.mayfly.github.Jobs;
import io.mayfly.github.Repository;
import io.mayfly.github.Runners;
import io.mayfly.github.Scope;
import io.mayfly.pool.Pool;
import io.mayfly.runner.RunnerTags;
import io.mayfly.time.Workers;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Looks at GitHub, first where something is likely to be found, then at a slice of all repositories that are served. The
 * clock chooses the slice, so that one sweep goes on where the one before ended without remembering anything.
 */
@Singleton
class GitHubScanner {

    /** A list of runs and one of runners; where a repository has many runs, two more. */
    private static final int CALLS_OF_A_LOOK = 3;

    /** One repository with very many runs must not use up what is there for all. */
    private static final int MOST_CALLS_OF_A_LOOK = 30;

    /** GitHub asks for few requests at a time. */
    private static final int AT_ONCE = 4;

    /** With fewer calls for each, repositories are looked at one after the other, so that each knows what is left for it. */
    private static final int CALLS_FOR_COMPANY = 7;

    private static final Duration EVERY = Duration.ofMinutes(1);

    private final ServedRepositories servedRepositories;
    private final Jobs jobs;
    private final Runners runners;
    private final Workers workers;
    private final InstantSource clock;

    GitHubScanner(
            ServedRepositories servedRepositories, Jobs jobs, Runners runners, Workers workers, InstantSource clock) {
        this.servedRepositories = servedRepositories;
        this.jobs = jobs;
        this.runners = runners;
        this.workers = workers;
        this.clock = clock;
    }

    private record Visit(Place place, SweepRun run) {}

    /** Looks around, with the calls that the run has. */
    GitHubSnapshot look(InstanceInventory inventory, DeliveryLog log, SweepRun run) {
        var served = run.calls().spend(() -> servedRepositories.repositories(installations(log), minute(), run));
        var snapshot = new GitHubSnapshot(served.repositories());
        var places = new Places(served.repositories().entries(), minute(), served.round());
        places.hinted(log);
        places.inhabited(inventory);
        places.recent(log);
        var slice = places.slice();
        var left = new ArrayDeque<>(places.all());
        while (!left.isEmpty()) {
            var isInSlice = slice.contains(left.getFirst());
            var free = run.calls().left() - (isInSlice ? 0 : slice.size() * CALLS_OF_A_LOOK);
            if (!run.time().mayStart()) {
                run.report().leaveForLater(left.removeFirst().toString(), "out of time");
            } else if (free < CALLS_OF_A_LOOK) {
                run.report()
                        .leaveForLater(left.removeFirst().toString(), "the calls to GitHub for this time are spent");
            } else {
                visit(
                        next(left, slice, free),
                        snapshot,
                        inventory,
                        run.with(run.calls().part(free)));
            }
        }
        return snapshot;
    }

    /** Where deliveries have left jobs to the sweep. */
    private static Set<InstallationId> installations(DeliveryLog log) {
        return log.jobsLeft().stream()
                .filter(delivery -> delivery.installation() > 0)
                .map(delivery -> new InstallationId(delivery.installation()))
                .collect(Collectors.toSet());
    }

    /** Those to visit now, side by side as far as the calls suffice. */
    private static List<Place> next(Deque<Place> left, List<Place> slice, int free) {
        var places = new ArrayList<Place>();
        var areInSlice = slice.contains(left.getFirst());
        while (places.size() < Math.clamp(free / CALLS_FOR_COMPANY, 1, AT_ONCE)
                && !left.isEmpty()
                && slice.contains(left.getFirst()) == areInSlice) {
            places.add(left.removeFirst());
        }
        return places;
    }

    /**
     * Visits places side by side. The runners come before the jobs: who takes a job between these looks is seen idle and
     * named by a job, never the other way round.
     */
    private void visit(List<Place> places, GitHubSnapshot snapshot, InstanceInventory inventory, SweepRun run) {
        var most = Math.clamp(run.calls().left() * 2L / 3, CALLS_OF_A_LOOK, MOST_CALLS_OF_A_LOOK);
        var visits = places.stream()
                .map(place -> new Visit(place, run.with(run.calls().part(most))))
                .toList();
        var scopes = new LinkedHashMap<InstalledScope, Visit>();
        for (var visit : visits) {
            scopes(visit.place(), snapshot.served(visit.place().repository()), inventory)
                    .forEach(scope -> scopes.putIfAbsent(scope, visit));
        }
        scopes.keySet().removeIf(where -> snapshot.runners(where.scope()) != null);
        var runnersFirst = new ArrayList<Runnable>();
        scopes.forEach((where, visit) -> runnersFirst.add(() -> lookForRunners(where, visit, snapshot)));
        workers.each(AT_ONCE, runnersFirst);
        workers.each(
                AT_ONCE,
                visits.stream()
                        .<Runnable>map(visit -> () -> lookForJobs(visit, snapshot))
                        .toList());
    }

    private void lookForRunners(InstalledScope where, Visit visit, GitHubSnapshot snapshot) {
        var run = visit.run();
        var listed = run.report()
                .part(
                        "runners of " + where,
                        () -> run.calls()
                                .spend(() -> runners.list(where, run.time().end())));
        if (listed != null) {
            snapshot.sawRunners(RunnerListing.of(where, listed, clock.instant()));
        }
    }

    private void lookForJobs(Visit visit, GitHubSnapshot snapshot) {
        var place = visit.place();
        var run = visit.run();
        var what = "jobs of " + place;
        var unfinished = run.report()
                .part(
                        what,
                        () -> run.calls()
                                .spend(() -> jobs.unfinished(
                                        place.repository(),
                                        servedRepositories.reader(place.repository(), place.installation()),
                                        place.visit(),
                                        place.thorough(),
                                        run.time().end())));
        if (unfinished != null) {
            snapshot.sawJobs(place.repository(), unfinished);
            if (unfinished.cut()) {
                run.report().leaveForLater(what, "more runs than there are calls for");
            } else if (!unfinished.complete() && place.thorough()) {
                run.report().leaveForLater(what, "not all runs were understood");
            }
        }
    }

    private List<InstalledScope> scopes(Place place, @Nullable Repository served, InstanceInventory inventory) {
        var scopes = new ArrayList<InstalledScope>();
        for (var instance : inventory.live()) {
            var tags = RunnerTags.parse(instance);
            if (tags != null && tags.repository().isSameAs(place.repository())) {
                scopes.add(tags.at());
            }
        }
        if (served != null && servedRepositories.hasPools(Pool.Level.REPOSITORY)) {
            scopes.add(new InstalledScope(new Scope.OfRepository(served.fullName()), served.installation()));
        }
        var organization = served == null ? null : served.organization();
        if (served != null && organization != null && servedRepositories.hasPools(Pool.Level.ORGANIZATION)) {
            scopes.add(new InstalledScope(new Scope.OfOrganization(organization.login()), served.installation()));
        }
        return scopes.stream().distinct().toList();
    }

    private long minute() {
        return clock.instant().getEpochSecond() / EVERY.toSeconds();
    }
}
