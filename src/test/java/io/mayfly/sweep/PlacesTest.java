package io.mayfly.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.mayfly.github.InstallationId;
import io.mayfly.github.Repository;
import io.mayfly.github.RepositoryName;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PlacesTest {

    private static List<Repository> served(int number) {
        return LongStream.rangeClosed(1, number)
                .mapToObj(
                        id -> new Repository(id, new RepositoryName("o", "r" + id), true, null, new InstallationId(1)))
                .toList();
    }

    @Test
    void hasEachOf500RepositoriesInASliceWithinFiftyMinutes() {
        var seen = new HashSet<RepositoryName>();
        for (var minute = 1_000_000L; minute < 1_000_050; minute++) {
            new Places(served(500), minute, 1).slice().forEach(place -> seen.add(place.repository()));
        }

        assertThat(seen).hasSize(500);
    }

    @Test
    void bringsEachToTheFrontOfItsSliceWithinTwoRoundsWhereTheCallsSufficeForHalfOfIt() {
        var seen = new HashSet<RepositoryName>();
        for (var minute = 1_000_000L; minute < 1_000_100; minute++) {
            new Places(served(500), minute, 1)
                    .slice()
                    .subList(0, Places.SLICE / 2)
                    .forEach(place -> seen.add(place.repository()));
        }

        assertThat(seen).hasSize(500);
    }

    @Test
    void countsTheVisitsOfAPlaceOneByOne() {
        var visits = new HashMap<RepositoryName, Long>();
        for (var minute = 1_000_000L; minute < 1_000_500; minute++) {
            for (var place : new Places(served(500), minute, 1).slice()) {
                var before = visits.put(place.repository(), place.visit());
                assertThat(before == null ? place.visit() : before + 1).isEqualTo(place.visit());
            }
        }

        assertThat(visits).hasSize(500);
    }
}
