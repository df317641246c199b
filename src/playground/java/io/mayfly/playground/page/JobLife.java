package io.mayfly.playground.page;

import io.mayfly.playground.board.Board;
import io.mayfly.playground.board.JobRow;
import io.mayfly.playground.board.Step;
import io.mayfly.playground.world.EmulatedWorkflow;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** Queues one job and tells its life line by line, as the page draws it. */
final class JobLife {

    /** A job that needs the sweep has its instance after two minutes. */
    private static final Duration LONGEST = Duration.ofMinutes(6);

    /** Where the lines go. */
    interface Narrator {
        void tell(String line) throws IOException;
    }

    private final Board board;
    private final EmulatedWorkflow queue;
    private final Narrator narrator;

    JobLife(Board board, EmulatedWorkflow queue, Narrator narrator) {
        this.board = board;
        this.queue = queue;
        this.narrator = narrator;
    }

    /** Whether the job was served to its end. */
    boolean live() throws IOException, InterruptedException {
        var job = queue.add(1).getFirst();
        narrator.tell("job " + job.id() + " is queued in " + job.repository() + ", runs-on " + job.labels());
        var end = board.now().plus(LONGEST);
        var told = 0;
        var version = 0L;
        while (board.now().isBefore(end)) {
            var steps = board.read(job.id(), JobRow::steps).orElse(List.of());
            for (var step : steps.subList(Math.min(told, steps.size()), steps.size())) {
                narrator.tell("%6d ms  %s".formatted(step.after(), line(step)));
            }
            told = steps.size();
            if (board.read(job.id(), JobRow::ended).orElse(false)) {
                return true;
            }
            board.await(version, 1000);
            version = board.version();
        }
        narrator.tell("the job did not end within " + LONGEST.toMinutes() + " minutes");
        return false;
    }

    private static String line(Step step) {
        var stage = step.stage().name().toLowerCase(Locale.ROOT);
        var missed = step.kind() == Step.Kind.MISSED ? "not " : "";
        return step.note().isEmpty() ? missed + stage : missed + stage + ": " + step.note();
    }
}
