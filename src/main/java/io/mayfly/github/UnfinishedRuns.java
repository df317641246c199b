package io.mayfly.github;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The runs of a repository in every state but {@code completed}, named or not yet invented. The newest page of all runs shows
 * the states that nobody knows, and in a repository with few runs it is all there is; behind it each known state has a list
 * of its own, for a run may wait for weeks.
 */
final class UnfinishedRuns {

    private static final String COMPLETED = "completed";

    /** Where lost jobs are: what was queued just now. */
    private static final String LIKELY = "queued";

    /** Asked for by turn where calls are few. */
    private static final List<String> OTHERS = List.of("in_progress", "waiting", "pending", "requested");

    /** How many of the newest runs are read first, at every other turn. */
    private static final int NEWEST = 3;

    /**
     * How far two turns move on, as a part of all: the golden ratio leaves no gap that is much longer than the others, however
     * few are read at a turn (three-distance theorem).
     */
    private static final double PART_IN_TWO_TURNS = (Math.sqrt(5) - 1) / 2;

    private final long turn;
    private final Set<Long> found = new LinkedHashSet<>();
    private boolean all;

    UnfinishedRuns(long turn) {
        this.turn = turn;
    }

    /** A run as it is listed. */
    record Run(long id, String status) {}

    /**
     * A page that is asked for.
     *
     * @param status null: of all runs
     */
    record Query(@Nullable String status, int page) {

        ApiPath of(ApiPath runs) {
            return (status == null ? runs : runs.with("status", status))
                    .with("per_page", Pages.SIZE)
                    .with("page", page);
        }
    }

    /** Finds them, by pages that the function gets. */
    void find(boolean thorough, Function<Query, GitHubAnswers.Page<Run>> pages) {
        var newest = pages.apply(new Query(null, 1));
        newest.entries().stream().filter(run -> !run.status().equals(COMPLETED)).forEach(run -> found.add(run.id()));
        all = newest.isWhole();
        if (newest.size() < Pages.SIZE) {
            return;
        }
        var states = new ArrayList<>(List.of(LIKELY));
        if (thorough) {
            states.addAll(OTHERS);
        } else {
            states.add(OTHERS.get((int) Math.floorMod(turn, (long) OTHERS.size())));
            all = false;
        }
        for (var state : states) {
            all &= list(state, pages);
        }
    }

    private boolean list(String state, Function<Query, GitHubAnswers.Page<Run>> pages) {
        var whole = true;
        for (var page = 1; ; page++) {
            var read = pages.apply(new Query(state, page));
            read.entries().forEach(run -> found.add(run.id()));
            whole &= read.isWhole();
            if (read.size() < Pages.SIZE) {
                return whole;
            }
        }
    }

    /** Whether all unfinished runs are among them. */
    boolean areAll() {
        return all;
    }

    /**
     * In which order they are read: at one turn the newest first, where a job that was lost just now is; at the next the others,
     * from another on each time, so that none is always behind those that GitHub shows as queued for ever.
     */
    List<Long> inTurn() {
        var ids = new ArrayList<>(found);
        ids.sort(Collections.reverseOrder());
        var first = Math.min(NEWEST, ids.size());
        var others = new ArrayList<>(ids.subList(first, ids.size()));
        var moved = Math.floorDiv(turn, 2) * PART_IN_TWO_TURNS;
        Collections.rotate(others, -(int) ((moved - Math.floor(moved)) * others.size()));
        var newest = ids.subList(0, first);
        var ordered = new ArrayList<>(turn % 2 == 0 ? newest : others);
        ordered.addAll(turn % 2 == 0 ? others : newest);
        return ordered;
    }
}
