package io.mayfly.priming;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Work that is done before there is need for it, to have it done once: nothing of it is sent, counted or written. Whoever
 * would send gets the answer from here, and opens a connection for later; whoever would count or write asks and lets it be.
 */
public final class Primed {

    private static final ScopedValue<CannedAnswer> ANSWER = ScopedValue.newInstance();

    private Primed() {}

    /** What stands in for the answer of a service, in its own form. */
    public record CannedAnswer(String contentType, String body) {

        /** For work that asks nobody. */
        public static final CannedAnswer NONE = new CannedAnswer("text/plain", "");
    }

    /** Does this work on this thread, all requests of which get this answer. */
    public static <T extends @Nullable Object> T run(CannedAnswer answer, Callable<T> work) throws Exception {
        return ScopedValue.where(ANSWER, answer).call(work::call);
    }

    /** Whether this thread does such work now. */
    public static boolean isUnderWay() {
        return ANSWER.isBound();
    }

    /** The answer to whatever it asks; null where the work is real. */
    public static @Nullable CannedAnswer answer() {
        return ANSWER.isBound() ? ANSWER.get() : null;
    }
}
