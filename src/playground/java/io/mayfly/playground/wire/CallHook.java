package io.mayfly.playground.wire;

/** Is asked about every call, on the thread that carries it out: while it blocks, the call waits. */
@FunctionalInterface
public interface CallHook {

    /** Asked before the call is carried out. */
    Fault before(Call call) throws InterruptedException;

    /**
     * Asked when the call is carried out and not yet answered; whatever it returns concerns the answer only.
     *
     * @param call with the status of the answer
     */
    default Fault after(Call call) throws InterruptedException {
        return Fault.PROCEED;
    }
}
