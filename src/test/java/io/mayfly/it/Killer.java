package io.mayfly.it;

import io.mayfly.playground.wire.Call;
import io.mayfly.playground.wire.CallHook;
import io.mayfly.playground.wire.Fault;

/** Kills the function when it makes a certain call. */
record Killer(String call, boolean carriedOut, Runnable kill) implements CallHook {

    @Override
    public Fault before(Call made) {
        if (!carriedOut && made.name().equals(call)) {
            kill.run();
            return new Fault.Close();
        }
        return Fault.PROCEED;
    }

    @Override
    public Fault after(Call made) {
        if (carriedOut && made.name().equals(call)) {
            kill.run();
            return new Fault.LoseAnswer();
        }
        return Fault.PROCEED;
    }
}
