package io.mayfly.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.mayfly.github.Installation;
import io.mayfly.github.InstallationId;
import io.mayfly.github.Login;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ServedRepositoriesTest {

    private static final List<Installation> HUNDRED = LongStream.rangeClosed(1, 100)
            .mapToObj(id -> new Installation(new InstallationId(id), new Login("o" + id), false))
            .toList();

    @Test
    void asksEachOf100InstallationsWithin25TurnsThoughAnEnvironmentThatKnowsNoneSweepsEachTime() {
        var asked = new HashSet<InstallationId>();
        for (var turn = 7_000_000L; turn < 7_000_025; turn++) {
            ServedRepositories.inTurn(HUNDRED, Set.of(), turn).subList(0, 4).forEach(one -> asked.add(one.id()));
        }

        assertThat(asked).hasSize(100);
    }

    @Test
    void asksFirstWhereDeliveriesHaveNoGoodAnswer() {
        var first = Set.of(new InstallationId(99), new InstallationId(3));

        var inTurn = ServedRepositories.inTurn(HUNDRED, first, 12);

        assertThat(inTurn).hasSize(100);
        assertThat(inTurn.subList(0, 2))
                .extracting(Installation::id)
                .containsExactlyInAnyOrder(new InstallationId(99), new InstallationId(3));
    }
}
