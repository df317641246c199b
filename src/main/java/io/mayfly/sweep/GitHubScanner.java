package io.mayfly.sweep;

import io.mayfly.ec2.Instance;
import io.mayfly.ec2.Tags;
import io.mayfly.github.CallBudget;
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
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Looks at GitHub, first where something is likely to be found: repositories with unanswered deliveries, with live
 * instances, and with recent events. Then at a slice of all that are served. The clock chooses the slice, so that one
 * sweep goes on where the one before ended without remembering anything.
 */
@Singleton
class GitHubScanner {

    /** Repositories in a slice: a job whose webhook GitHub never sent waits for at most (served / 10) minutes more. */
    static final int SLICE = 10;

    /** Two lists of runs and one of runners. */
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

    private record Place(String repository, long installation) {}

    /** @param calls to GitHub that it may take */
    private record Visit(Place place, CallBudget calls) {}

    /**
     * Looks around.
     *
     * @param calls how many calls to GitHub the look may take
     */
    GitHubSnapshot look(
            InstanceInventory inventory, DeliveryLog log, CallBudget calls, SweepTime time, SweepReport report) {
        var served = calls.spend(() -> servedRepositories.repositories(report, time.end()));
        var snapshot = new GitHubSnapshot(served);
        var slice = slice(served);
        var places = hints(inventory, log, served, snapshot);
        slice.forEach(place -> add(places, place));
        var left = new ArrayDeque<>(places.values());
        while (!left.isEmpty()) {
            var isInSlice = slice.contains(left.getFirst());
            var free = calls.left() - (isInSlice ? 0 : slice.size() * CALLS_OF_A_LOOK);
            if (!time.mayStart()) {
                report.leaveForLater(left.removeFirst().repository(), "out of time");
            } else if (free < CALLS_OF_A_LOOK) {
                report.leaveForLater(left.removeFirst().repository(), "the calls to GitHub for this time are spent");
            } else {
                visit(next(left, slice, free), calls.part(free), snapshot, inventory, time, report);
            }
        }
        return snapshot;
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
    private void visit(
            List<Place> places,
            CallBudget calls,
            GitHubSnapshot snapshot,
            InstanceInventory inventory,
            SweepTime time,
            SweepReport report) {
        var most = Math.clamp(calls.left() * 2L / 3, CALLS_OF_A_LOOK, MOST_CALLS_OF_A_LOOK);
        var visits =
                places.stream().map(place -> new Visit(place, calls.part(most))).toList();
        var scopes = new LinkedHashMap<Scope, Visit>();
        for (var visit : visits) {
            scopes(visit.place(), snapshot.served(visit.place().repository()), inventory)
                    .forEach(scope -> scopes.putIfAbsent(scope, visit));
        }
        scopes.keySet().removeAll(snapshot.runners().keySet());
        var runnersFirst = new ArrayList<Runnable>();
        scopes.forEach((scope, visit) -> runnersFirst.add(() -> lookForRunners(scope, visit, snapshot, time, report)));
        workers.each(AT_ONCE, runnersFirst);
        workers.each(
                AT_ONCE,
                visits.stream()
                        .<Runnable>map(visit -> () -> lookForJobs(visit, snapshot, time, report))
                        .toList());
    }

    private void lookForRunners(Scope scope, Visit visit, GitHubSnapshot snapshot, SweepTime time, SweepReport report) {
        var installation = visit.place().installation();
        var listed = report.part(
                "runners of " + scope, () -> visit.calls().spend(() -> runners.list(scope, installation, time.end())));
        if (listed != null) {
            snapshot.sawRunners(scope, new GitHubSnapshot.Look(listed, installation, clock.instant()));
        }
    }

    private void lookForJobs(Visit visit, GitHubSnapshot snapshot, SweepTime time, SweepReport report) {
        var repository = visit.place().repository();
        var owner = repository.substring(0, repository.indexOf('/'));
        var unfinished = report.part(
                "jobs of " + repository,
                () -> visit.calls()
                        .spend(() -> jobs.unfinished(
                                repository,
                                servedRepositories.reader(owner),
                                visit.place().installation(),
                                minute(),
                                time.end())));
        if (unfinished != null) {
            snapshot.sawJobs(repository, unfinished);
            if (!unfinished.complete()) {
                report.leaveForLater("jobs of " + repository, "more runs than there are calls for");
            }
        }
    }

    private List<Scope> scopes(Place place, @Nullable Repository served, InstanceInventory inventory) {
        var scopes = inventory.live().stream()
                .filter(instance -> RunnerTags.areOn(instance)
                        && instance.tag(Tags.REPOSITORY).equalsIgnoreCase(place.repository()))
                .map(instance -> new Scope(instance.tag(Tags.SCOPE)))
                .collect(Collectors.toCollection(ArrayList::new));
        if (served != null && servedRepositories.hasPools(Pool.Level.REPOSITORY)) {
            scopes.add(Scope.repository(served.fullName()));
        }
        if (served != null && served.organization() != null && servedRepositories.hasPools(Pool.Level.ORGANIZATION)) {
            scopes.add(Scope.organization(served.organization()));
        }
        return scopes.stream().distinct().toList();
    }

    private Map<String, Place> hints(
            InstanceInventory inventory, DeliveryLog log, List<Repository> served, GitHubSnapshot snapshot) {
        var byId = served.stream()
                .collect(Collectors.toMap(Repository::id, repository -> repository, (first, second) -> first));
        var places = new LinkedHashMap<String, Place>();
        for (var delivery : Redelivery.unanswered(log)) {
            var repository = byId.get(delivery.repository());
            if (repository != null) {
                snapshot.lostDelivery(repository.fullName(), delivery.deliveredAt());
                add(places, place(repository));
            }
        }
        var inhabited = inventory.live().stream()
                .filter(instance -> RunnerTags.areOn(instance)
                        && instance.tag(Tags.REPOSITORY).matches("[^/]+/[^/]+"))
                .map(GitHubScanner::place)
                .distinct()
                .collect(Collectors.toCollection(ArrayList::new));
        Collections.rotate(inhabited, -Math.floorMod(minute() * SLICE, Math.max(1, inhabited.size())));
        inhabited.forEach(place -> add(places, place));
        for (var delivery : log.attempts()) {
            var repository = byId.get(delivery.repository());
            if (repository != null) {
                add(places, place(repository));
            }
        }
        return places;
    }

    private List<Place> slice(List<Repository> served) {
        if (served.isEmpty()) {
            return List.of();
        }
        var slices = (served.size() + SLICE - 1) / SLICE;
        var first = (int) Math.floorMod(minute(), (long) slices) * SLICE;
        return served.subList(first, Math.min(served.size(), first + SLICE)).stream()
                .map(GitHubScanner::place)
                .toList();
    }

    private long minute() {
        return clock.instant().getEpochSecond() / EVERY.toSeconds();
    }

    private static void add(Map<String, Place> places, Place place) {
        places.putIfAbsent(place.repository().toLowerCase(Locale.ROOT), place);
    }

    private static Place place(Repository repository) {
        return new Place(repository.fullName(), repository.installation());
    }

    private static Place place(Instance instance) {
        return new Place(instance.tag(Tags.REPOSITORY), RunnerTags.of(instance).installation());
    }
}
