package io.mayfly.github;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How many calls to GitHub a piece of work may make. GitHub counts by the hour and shares the count with all else that
 * the app does, so besides its own number the work takes no more than a quarter of what the last answer said is left.
 * The threads of the work may share it.
 */
public final class CallBudget {

    private static final ScopedValue<CallBudget> CURRENT = ScopedValue.newInstance();
    private static final int SHARE = 4;

    private final @Nullable CallBudget whole;
    private int left;

    private CallBudget(int calls, @Nullable CallBudget whole) {
        this.left = calls;
        this.whole = whole;
    }

    /** An allowance of so many calls. */
    public static CallBudget of(int calls) {
        return new CallBudget(calls, null);
    }

    /** A part of this one: what it spends is spent here too. */
    public CallBudget part(int calls) {
        return new CallBudget(Math.max(0, calls), this);
    }

    /**
     * Does work whose calls are counted here.
     *
     * @throws CallBudgetSpentException in place of the call that is one too many
     */
    public <T> T spend(Supplier<T> work) {
        return ScopedValue.where(CURRENT, this).call(work::get);
    }

    /** How many calls are left. */
    public synchronized int left() {
        return whole == null ? left : Math.min(left, whole.left());
    }

    /** Counts a call, where calls are counted. */
    static void count() {
        if (CURRENT.isBound()) {
            CURRENT.get().take();
        }
    }

    /** Learns what is left for all. */
    static void learn(int leftForAll) {
        if (CURRENT.isBound()) {
            CURRENT.get().bound(leftForAll / SHARE);
        }
    }

    private synchronized void take() {
        if (left() <= 0) {
            throw new CallBudgetSpentException();
        }
        left--;
        if (whole != null) {
            whole.take();
        }
    }

    private synchronized void bound(int most) {
        left = Math.min(left, most);
        if (whole != null) {
            whole.bound(most);
        }
    }
}
