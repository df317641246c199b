package io.mayfly.playground.host;

import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Hands one event after the other to the function, in their order. So what the function asks GitHub and AWS between an
 * event and its answer, it asks for this event.
 */
public final class InvocationQueue {

    /** What the function is asked to do. */
    public static final class Invocation {

        private final OptionalLong job;
        private final boolean launches;
        private volatile boolean verified;
        private volatile boolean minted;

        /**
         * Begins one.
         *
         * @param job the delivery is about; empty for a sweep
         * @param launches whether the job's life begins with it
         */
        public Invocation(OptionalLong job, boolean launches) {
            this.job = job;
            this.launches = launches;
        }

        public OptionalLong job() {
            return job;
        }

        /** Whether this is the first sign that the signature was found right. */
        public boolean verifiedNow() {
            boolean first = launches && !verified;
            verified = true;
            return first;
        }

        public void minted() {
            minted = true;
        }

        public boolean hasMinted() {
            return minted;
        }
    }

    private final FunctionHost function;
    private final ReentrantLock line = new ReentrantLock(true);
    private volatile @Nullable Invocation current;

    public InvocationQueue(FunctionHost function) {
        this.function = function;
    }

    /** What waits for its turn before the event is made: it arrives when the function can take it. */
    public interface Work<T> {
        T run(Invocation invocation, FunctionHost function);
    }

    /**
     * Waits for the turn and for the function, then works.
     *
     * @throws IllegalStateException when the function does not start
     */
    public <T> T inTurn(OptionalLong job, boolean launches, Work<T> work) {
        line.lock();
        try {
            function.awaitReady();
            Invocation invocation = new Invocation(job, launches);
            current = invocation;
            return work.run(invocation, function);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("the playground ends", e);
        } finally {
            current = null;
            line.unlock();
        }
    }

    @Nullable
    public Invocation current() {
        return current;
    }

    FunctionHost function() {
        return function;
    }
}
