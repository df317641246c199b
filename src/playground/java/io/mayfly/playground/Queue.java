package io.mayfly.playground;

import java.util.List;

/** A workflow that queues jobs, of which GitHub tells the function. */
final class Queue {

    /** The largest matrix GitHub runs. */
    static final int LARGEST_MATRIX = 256;

    private static final int KEPT = 1000;

    private final Playground playground;
    private final Board board;
    private final Webhooks webhooks;

    Queue(Playground playground, Board board, Webhooks webhooks) {
        this.playground = playground;
        this.board = board;
        this.webhooks = webhooks;
    }

    /** Queues one job, or a matrix. */
    List<Job> add(int size) {
        forgetOld();
        var jobs = size == 1
                ? List.of(playground.queueJob())
                : playground.github().jobs().queueMatrix(Playground.REPOSITORY, Playground.LABELS, size);
        for (var job : jobs) {
            board.add(JobRow.of(job, board.now()));
        }
        jobs.forEach(job -> webhooks.post(job, "queued"));
        return jobs;
    }

    /** What is over and old is nobody's concern, and would fill the memory. */
    private void forgetOld() {
        playground.log().keep(KEPT);
        playground.github().jobs().keep(KEPT);
        playground.github().runners().keep(KEPT);
        playground.github().deliveries().keep(5 * KEPT);
        playground.aws().instances().keep(KEPT);
    }
}
