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
        LAUNCHED(2),
        BOOTED(3),
        TOKEN(4),
        JIT(5),
        CLAIMED(6),
        ONLINE(7),
        RUNNING(8),
        COMPLETED(9),
        ENDED(10);

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
