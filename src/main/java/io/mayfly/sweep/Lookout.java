package io.mayfly.sweep;

import io.mayfly.ec2.Instance;
import io.mayfly.ec2.Tags;
import io.mayfly.github.Allowance;
import io.mayfly.github.Jobs;
import io.mayfly.github.Repository;
import io.mayfly.github.Runners;
import io.mayfly.github.Scope;
import io.mayfly.runner.Pool;
import io.mayfly.runner.RunnerTags;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
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
class Lookout {

    /** Repositories in a slice: a job whose webhook GitHub never sent waits for at most (served / 10) minutes more. */
    static final int SLICE = 10;

    /** Two lists of runs and one of runners. */
    private static final int CALLS_OF_A_LOOK = 3;

    /** One repository with very many runs must not use up what is there for all. */
    private static final int MOST_CALLS_OF_A_LOOK = 30;

    private static final Duration EVERY = Duration.ofMinutes(1);

    private final Territory territory;
    private final Jobs jobs;
    private final Runners runners;
    private final InstantSource clock;

    Lookout(Territory territory, Jobs jobs, Runners runners, InstantSource clock) {
        this.territory = territory;
        this.jobs = jobs;
        this.runners = runners;
        this.clock = clock;
    }

    private record Place(String repository, long installation) {}

    /**
     * Looks around.
     *
     * @param calls how many calls to GitHub the look may take
     */
    Survey look(Fleet fleet, DeliveryLog log, Allowance calls, SweepTime time, SweepReport report) {
        var served = calls.spend(() -> territory.repositories(report, time.end()));
        var survey = new Survey(served);
        var slice = slice(served);
        var hints = hints(fleet, log, served, survey);
        visit(hints, calls, slice.size() * CALLS_OF_A_LOOK, survey, fleet, time, report);
        visit(slice, calls, 0, survey, fleet, time, report);
        return survey;
    }

    private void visit(
            List<Place> places,
            Allowance calls,
            int kept,
            Survey survey,
            Fleet fleet,
            SweepTime time,
            SweepReport report) {
        for (var place : places) {
            if (survey.hasSeenJobs(place.repository())) {
                continue;
            }
            if (!time.mayStart()) {
                report.leaveForLater(place.repository(), "out of time");
            } else if (calls.left() - kept < CALLS_OF_A_LOOK) {
                report.leaveForLater(place.repository(), "the calls to GitHub for this time are spent");
            } else {
                var most = Math.max(CALLS_OF_A_LOOK, Math.min(MOST_CALLS_OF_A_LOOK, (calls.left() - kept) * 2 / 3));
                visit(place, calls.part(most), survey, fleet, time, report);
            }
        }
    }

    private void visit(Place place, Allowance calls, Survey survey, Fleet fleet, SweepTime time, SweepReport report) {
        var owner = place.repository().substring(0, place.repository().indexOf('/'));
        for (var scope : scopes(place, survey.served(place.repository()), fleet)) {
            if (survey.runners(scope) == null) {
                var listed = report.part(
                        "runners of " + scope,
                        () -> calls.spend(() -> runners.list(scope, place.installation(), time.end())));
                if (listed != null) {
                    survey.sawRunners(scope, new Survey.Look(listed, place.installation(), clock.instant()));
                }
            }
        }
        var unfinished = report.part(
                "jobs of " + place.repository(),
                () -> calls.spend(() -> jobs.unfinished(
                        place.repository(), territory.reader(owner), place.installation(), minute(), time.end())));
        if (unfinished != null) {
            survey.sawJobs(place.repository(), unfinished);
            if (!unfinished.complete()) {
                report.leaveForLater("jobs of " + place.repository(), "more runs than there are calls for");
            }
        }
    }

    private List<Scope> scopes(Place place, @Nullable Repository served, Fleet fleet) {
        var scopes = fleet.live().stream()
                .filter(instance -> RunnerTags.areOn(instance)
                        && instance.tag(Tags.REPOSITORY).equalsIgnoreCase(place.repository()))
                .map(instance -> new Scope(instance.tag(Tags.SCOPE)))
                .collect(Collectors.toCollection(ArrayList::new));
        if (served != null && territory.hasPools(Pool.Level.REPOSITORY)) {
            scopes.add(Scope.repository(served.fullName()));
        }
        if (served != null && served.organization() != null && territory.hasPools(Pool.Level.ORGANIZATION)) {
            scopes.add(Scope.organization(served.organization()));
        }
        return scopes.stream().distinct().toList();
    }

    private List<Place> hints(Fleet fleet, DeliveryLog log, List<Repository> served, Survey survey) {
        var byId = served.stream()
                .collect(Collectors.toMap(Repository::id, repository -> repository, (first, second) -> first));
        var places = new LinkedHashMap<String, Place>();
        for (var delivery : Redelivery.unanswered(log)) {
            var repository = byId.get(delivery.repository());
            if (repository != null) {
                survey.lostDelivery(repository.fullName(), delivery.deliveredAt());
                add(places, place(repository));
            }
        }
        var inhabited = fleet.live().stream()
                .filter(instance -> RunnerTags.areOn(instance)
                        && instance.tag(Tags.REPOSITORY).matches("[^/]+/[^/]+"))
                .map(Lookout::place)
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
        return List.copyOf(places.values());
    }

    private List<Place> slice(List<Repository> served) {
        if (served.isEmpty()) {
            return List.of();
        }
        var slices = (served.size() + SLICE - 1) / SLICE;
        var first = (int) Math.floorMod(minute(), (long) slices) * SLICE;
        return served.subList(first, Math.min(served.size(), first + SLICE)).stream()
                .map(Lookout::place)
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
