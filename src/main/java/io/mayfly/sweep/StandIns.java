package io.mayfly.sweep;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The jobs of a scope and pool that wait and for which nothing is missing: an instance serves each of them. When one of
 * these instances is taken by a job that was to be launched for, it is launched for one of these instead.
 */
final class StandIns {

    private final Deque<RunnerDemand> left = new ArrayDeque<>();

    /** Adds a launch for the next of these jobs. One whose name is registered would only wait to find out whose it is. */
    synchronized void add(RunnerDemand demand) {
        if (!demand.blocked()) {
            left.add(demand);
        }
    }

    /** The next of them; null when there is none left. */
    synchronized @Nullable RunnerDemand next() {
        return left.poll();
    }
}
