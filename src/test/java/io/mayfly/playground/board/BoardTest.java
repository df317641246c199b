package io.mayfly.playground.board;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BoardTest {

    private final Board board = new Board(() -> Instant.EPOCH);

    @Test
    void tellsOnlyWhatHasChangedSince() {
        add(1, 2, 3);
        var before = board.changesSince(0);
        assertThat(ids(before)).containsExactly(1L, 2L, 3L);

        board.reached(2, Step.Stage.RUNNING, "running", "");
        assertThat(ids(board.changesSince(before.version()))).containsExactly(2L);
    }

    @Test
    void tellsManyChangesInPartsThatMissNothing() {
        for (long id = 1; id <= 1234; id++) {
            add(id);
        }
        List<Long> told = new ArrayList<>();
        long since = 0;
        for (int part = 0; part < 3; part++) {
            var changes = board.changesSince(since);
            assertThat(changes.rows()).hasSizeLessThanOrEqualTo(500);
            told.addAll(ids(changes));
            since = changes.version();
        }
        assertThat(told).hasSize(1234).doesNotHaveDuplicates();
        assertThat(board.changesSince(since).rows()).isEmpty();
    }

    @Test
    void forgetsTheOldestOfTooMany() {
        for (long id = 1; id <= 20_005; id++) {
            add(id);
        }
        assertThat(board.changesSince(0).oldest()).isEqualTo(6);
        assertThat(board.has(5)).isFalse();
        assertThat(board.has(6)).isTrue();
    }

    @Test
    void keepsTheLastStepsOfAJobThatNeverEnds() {
        add(1);
        for (int i = 0; i < 100; i++) {
            board.step(1, Step.Stage.DELIVERED, Step.Kind.MISSED, "attempt " + i);
        }
        var steps = board.read(1, JobRow::steps).orElseThrow();
        assertThat(steps).hasSize(60);
        assertThat(steps.getLast().note()).isEqualTo("attempt 99");
    }

    private void add(long... ids) {
        for (long id : ids) {
            board.add(new JobRow(id, id, "build", "octo-org/hello-world", Instant.EPOCH));
        }
    }

    private static List<Long> ids(Board.Changes changes) {
        return changes.rows().stream()
                .map((Map<String, Object> row) -> (Long) row.get("id"))
                .toList();
    }
}
