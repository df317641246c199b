package io.mayfly.sweep;

import io.mayfly.github.Repository;
import io.mayfly.runner.RunnerTags;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Where to look, in this order: repositories with jobs that deliveries have left to the sweep, with live instances, with recent events, and a
 * slice of all that are served.
 */
final class Places {

    /** The most repositories in a slice. */
    static final int SLICE = 10;

    private final List<Repository> served;
    private final Map<Long, Repository> byId;
    private final long turn;
    private final int slices;
    private final Map<String, Place> places = new LinkedHashMap<>();

    /**
     * @param turn counts up from sweep to sweep
     * @param round after so many turns the served repositories may be the same again, where an environment knows some only
     */
    Places(List<Repository> served, long turn, int round) {
        this.served = served;
        this.turn = turn;
        this.slices = slices(served.size(), round);
        this.byId = served.stream()
                .collect(Collectors.toMap(Repository::id, repository -> repository, (first, second) -> first));
    }

    void hinted(DeliveryLog log) {
        for (var delivery : log.jobsLeft()) {
            var repository = byId.get(delivery.repository());
            if (repository != null) {
                add(place(repository, turn));
            }
        }
    }

    void inhabited(InstanceInventory inventory) {
        var inhabited = new ArrayList<Place>();
        for (var instance : inventory.live()) {
            var tags = RunnerTags.parse(instance);
            if (tags != null) {
                inhabited.add(new Place(tags.repository(), tags.at().installation(), turn, true));
            }
        }
        var distinct = new ArrayList<>(inhabited.stream().distinct().toList());
        Collections.rotate(distinct, (int) -Math.floorMod(turn * SLICE, (long) Math.max(1, distinct.size())));
        distinct.forEach(this::add);
    }

    void recent(DeliveryLog log) {
        for (var delivery : log.attempts()) {
            var repository = byId.get(delivery.repository());
            if (repository != null) {
                add(place(repository, turn));
            }
        }
    }

    /**
     * Adds the slice that is next by turn, and says which places it has. Each time it begins with another of them, for the calls may
     * not suffice for all.
     */
    List<Place> slice() {
        if (served.isEmpty()) {
            return List.of();
        }
        var number = Math.floorMod(turn, (long) slices);
        var visit = turn / slices;
        var slice = new ArrayList<>(served.subList(begin(number), begin(number + 1)));
        Collections.rotate(slice, (int) -Math.floorMod(visit * SLICE / 2, (long) Math.max(1, slice.size())));
        return slice.stream().map(repository -> add(place(repository, visit))).toList();
    }

    private int begin(long slice) {
        return (int) (slice * served.size() / slices);
    }

    /** With a divisor in common with the round, some repositories would be known only when others are looked at. */
    private static int slices(int served, int round) {
        var slices = Math.max(1, (served + SLICE - 1) / SLICE);
        while (!BigInteger.valueOf(slices).gcd(BigInteger.valueOf(round)).equals(BigInteger.ONE)) {
            slices++;
        }
        return slices;
    }

    List<Place> all() {
        return List.copyOf(places.values());
    }

    /** The place as it stands in the list: one where an instance lives is looked at thoroughly, whatever else it is. */
    private Place add(Place place) {
        return places.merge(
                place.repository().key(),
                place,
                (known, other) -> other.thorough() && !known.thorough()
                        ? new Place(known.repository(), known.installation(), known.visit(), true)
                        : known);
    }

    private static Place place(Repository repository, long visit) {
        return new Place(repository.fullName(), repository.installation(), visit, false);
    }
}
