package io.mayfly.chaos;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A thread that runs only while the scheduler waits for it: until it parks, or ends. */
final class Fiber {

    /** Ends the thread of an invocation that was killed. The simulation no longer listens to it. */
    static final class Killed extends Error {
        Killed() {
            super("killed", null, false, false);
        }
    }

    private static final long STUCK_SECONDS = 60;
    private static final ScopedValue<Fiber> CURRENT = ScopedValue.newInstance();

    private final Semaphore mayRun = new Semaphore(0);
    private final Semaphore hasParked = new Semaphore(0);
    private final String name;
    private final History history;
    private final Thread thread;
    private volatile boolean killed;
    private volatile boolean ended;
    private volatile @Nullable Throwable failure;

    Fiber(String name, History history, Runnable body) {
        this.name = name;
        this.history = history;
        thread = Thread.ofVirtual().name(name).unstarted(() -> {
            mayRun.acquireUninterruptibly();
            try {
                ScopedValue.where(CURRENT, this).run(body);
            } catch (Killed e) {
                // As planned.
            } catch (Throwable e) {
                failure = e;
            } finally {
                ended = true;
                hasParked.release();
            }
        });
    }

    /** The fiber of the calling thread; null outside of any. */
    static @Nullable Fiber current() {
        return CURRENT.isBound() ? CURRENT.get() : null;
    }

    /** The fiber of the calling thread. One that was killed does nothing more. */
    static Fiber running() {
        var fiber = current();
        if (fiber == null) {
            throw new IllegalStateException("not on a thread of the simulation");
        }
        if (fiber.killed) {
            throw new Killed();
        }
        return fiber;
    }

    String name() {
        return name;
    }

    /** The history of the simulation that it is part of. */
    History history() {
        return history;
    }

    /** Runs the thread until it parks or ends. */
    void resume() {
        if (ended) {
            return;
        }
        if (thread.getState() == Thread.State.NEW) {
            thread.start();
        }
        mayRun.release();
        try {
            if (!hasParked.tryAcquire(STUCK_SECONDS, TimeUnit.SECONDS)) {
                var stuck = new IllegalStateException(thread.getName() + " does not come back");
                stuck.setStackTrace(thread.getStackTrace());
                throw stuck;
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        var cause = failure;
        if (cause != null) {
            throw new IllegalStateException(thread.getName() + " failed", cause);
        }
    }

    /** Called by the thread: waits until it is resumed. */
    void park() {
        if (!killed) {
            hasParked.release();
            mayRun.acquireUninterruptibly();
        }
        if (killed) {
            throw new Killed();
        }
    }

    /** Ends a parked thread. */
    void kill() {
        killed = true;
        resume();
    }

    boolean hasEnded() {
        return ended;
    }

    boolean isKilled() {
        return killed;
    }
}
