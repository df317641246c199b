package io.mayfly.playground;

import java.util.List;

/** A workflow that queues jobs, of which GitHub tells the function. */
final class Queue {

    /** The largest matrix GitHub runs. */
    static final int LARGEST_MATRIX = 256;

    private final Playground playground;
    private final Board board;
    private final Webhooks webhooks;

    Queue(Playground playground, Board board, Webhooks webhooks) {
        this.playground = playground;
        this.board = board;
        this.webhooks = webhooks;
    }

    /**
     * Queues one job, or a matrix.
     *
     * @throws IllegalArgumentException where jobs come from a real GitHub
     */
    List<Job> add(int size) {
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
