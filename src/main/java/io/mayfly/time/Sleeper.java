package io.mayfly.time;

import io.mayfly.outcome.UnavailableException;
import java.time.Duration;

/** Lets time pass inside a request. Tests put a simulated time in its place. */
@FunctionalInterface
public interface Sleeper {

    /**
     * Waits.
     *
     * @throws UnavailableException when the thread is interrupted
     */
    void sleep(Duration pause);

    /** The one that really waits. */
    static Sleeper system() {
        return pause -> {
            try {
                Thread.sleep(pause);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new UnavailableException("interrupted");
            }
        };
    }
}
