package io.mayfly.playground.world;

import io.mayfly.playground.board.Board;
import io.mayfly.playground.board.JobRow;
import io.mayfly.playground.github.EmulatedJob;
import java.util.List;

/** A workflow that queues jobs, of which GitHub tells the function. */
public final class EmulatedWorkflow {

    /** The largest matrix GitHub runs. */
    public static final int LARGEST_MATRIX = 256;

    private final Playground playground;
    private final Board board;
    private final WebhookSender webhooks;

    public EmulatedWorkflow(Playground playground, Board board, WebhookSender webhooks) {
        this.playground = playground;
        this.board = board;
        this.webhooks = webhooks;
    }

    /**
     * Queues one job, or a matrix.
     *
     * @throws IllegalArgumentException where jobs come from a real GitHub
     */
    public List<EmulatedJob> add(int size) {
        if (playground.isReal()) {
            throw new IllegalArgumentException("jobs come from GitHub here: run a workflow where the App is installed");
        }
        playground.forgetOld();
        var jobs = size == 1
                ? List.of(playground.queueJob())
                : playground.github().jobs().queueMatrix(Playground.REPOSITORY, Playground.LABELS, size);
        for (var job : jobs) {
            board.add(JobRow.of(job, board.now()));
        }
        jobs.forEach(job -> webhooks.post(job, "queued"));
        return jobs;
    }
}
