package io.mayfly.github;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class UnfinishedRunsTest {

    private static GitHubAnswers.Page<UnfinishedRuns.Run> page(String status, long from, long to) {
        var runs = LongStream.rangeClosed(from, to)
                .mapToObj(id -> new UnfinishedRuns.Run(id, status))
                .toList();
        return new GitHubAnswers.Page<>(runs, runs.size());
    }

    @Test
    void findsEveryStateButCompletedWithOneCallWhereThereAreFewRuns() {
        var runs = new UnfinishedRuns(0);
        var asked = new ArrayList<String>();

        runs.find(false, query -> {
            asked.add(String.valueOf(query.status()));
            var found = List.of(
                    new UnfinishedRuns.Run(1, "completed"),
                    new UnfinishedRuns.Run(2, "waiting"),
                    new UnfinishedRuns.Run(3, "held"),
                    new UnfinishedRuns.Run(4, "pending"));
            return new GitHubAnswers.Page<>(found, found.size());
        });

        assertThat(asked).containsExactly("null");
        assertThat(runs.inTurn()).containsExactly(4L, 3L, 2L);
        assertThat(runs.areAll()).isTrue();
    }

    @Test
    void asksForEachStateWhereThereAreManyRuns() {
        var runs = new UnfinishedRuns(0);
        var lists = Map.of(
                "queued", page("queued", 1, 1),
                "in_progress", page("in_progress", 2, 2),
                "waiting", page("waiting", 3, 3),
                "pending", page("pending", 4, 4),
                "requested", page("requested", 5, 5));

        runs.find(
                true,
                query -> query.status() == null
                        ? page("completed", 1000, 1099)
                        : lists.getOrDefault(query.status(), page("x", 1, 0)));

        assertThat(runs.inTurn()).containsExactly(5L, 4L, 3L, 2L, 1L);
        assertThat(runs.areAll()).isTrue();
    }

    @Test
    void asksForTheUnlikelyStatesByTurnAndSaysThatMoreMayBeThere() {
        var states = new HashSet<String>();
        for (var turn = 0; turn < 4; turn++) {
            var runs = new UnfinishedRuns(turn);
            var asked = new ArrayList<String>();
            runs.find(false, query -> {
                asked.add(String.valueOf(query.status()));
                return query.status() == null ? page("completed", 1000, 1099) : page(query.status(), 1, 0);
            });
            assertThat(asked).hasSize(3).startsWith("null", "queued");
            assertThat(runs.areAll()).isFalse();
            states.add(asked.getLast());
        }

        assertThat(states).containsExactlyInAnyOrder("in_progress", "waiting", "pending", "requested");
    }

    @Test
    void bringsEachOfSixtyGhostsAndTheLostOneBehindThemToTheFrontHoweverFewAreRead() {
        assertThat(turnsUntilAllOf61AreRead(27)).isLessThanOrEqualTo(9);
        assertThat(turnsUntilAllOf61AreRead(3)).isLessThanOrEqualTo(70);
    }

    private static int turnsUntilAllOf61AreRead(int inATurn) {
        var seen = new HashSet<Long>();
        for (var turn = 0; turn < 200; turn++) {
            var runs = new UnfinishedRuns(turn);
            runs.find(false, query -> page("queued", 1, 61));
            seen.addAll(runs.inTurn().subList(0, inATurn));
            if (seen.size() == 61) {
                return turn + 1;
            }
        }
        return Integer.MAX_VALUE;
    }

    @Test
    void isNotWholeWhereAnEntryWasNotUnderstood() {
        var runs = new UnfinishedRuns(0);

        runs.find(true, query -> new GitHubAnswers.Page<>(List.of(new UnfinishedRuns.Run(1, "queued")), 2));

        assertThat(runs.areAll()).isFalse();
    }
}
