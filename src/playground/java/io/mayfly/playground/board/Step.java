package io.mayfly.playground.board;

import java.util.List;

/**
 * One thing that happened to a job.
 *
 * @param stage of its life
 * @param after milliseconds since the job was queued
 * @param kind whether the stage was reached, was not needed, or was missed
 * @param note what is to be said about it, empty for nothing
 */
public record Step(Stage stage, long after, Kind kind, String note) {

    public enum Stage {
        DELIVERED(0),
        VERIFIED(1),
        TOKEN(2),
        JIT(3),
        LAUNCHED(4),
        BOOTED(5),
        ONLINE(6),
        RUNNING(7),
        COMPLETED(8),
        ENDED(9);

        private final int position;

        Stage(int position) {
            this.position = position;
        }
    }

    public enum Kind {
        DONE(0),
        CACHED(1),
        MISSED(2);

        private final int code;

        Kind(int code) {
            this.code = code;
        }
    }

    /** As short as ten thousand jobs in a page need it: numbers for stage and kind. */
    List<Object> json() {
        return List.of(stage.position, after, kind.code, note);
    }
}
