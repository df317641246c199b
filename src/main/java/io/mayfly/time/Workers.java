package io.mayfly.time;

import io.mayfly.outcome.UnavailableException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Does a piece of work on several threads at once. Tests put simulated ones in their place. */
@FunctionalInterface
public interface Workers {

    /**
     * Runs the piece on so many threads and returns when all have ended.
     *
     * @throws UnavailableException when the thread is interrupted
     */
    void run(int number, Runnable piece);

    /** Does all of these, so many at once, and returns when all are done. */
    default void each(int atOnce, Collection<? extends Runnable> pieces) {
        var left = new ConcurrentLinkedQueue<Runnable>(pieces);
        run(Math.min(atOnce, pieces.size()), () -> {
            for (var piece = left.poll(); piece != null; piece = left.poll()) {
                piece.run();
            }
        });
    }

    /** Real threads. What one of them throws is thrown when all have ended. */
    static Workers system() {
        return (number, piece) -> {
            var thrown = new AtomicReference<@Nullable Throwable>();
            var threads = new ArrayList<Thread>(number);
            for (var count = 0; count < number; count++) {
                threads.add(Thread.ofPlatform().daemon().name("worker-" + count).start(() -> {
                    try {
                        piece.run();
                    } catch (RuntimeException | Error e) {
                        thrown.compareAndSet(null, e);
                    }
                }));
            }
            try {
                for (var thread : threads) {
                    thread.join();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new UnavailableException("interrupted");
            }
            switch (thrown.get()) {
                case RuntimeException e -> throw e;
                case Error e -> throw e;
                case null, default -> {
                    // all went well
                }
            }
        };
    }
}
