package io.mayfly.playground.wire;

import java.time.InstantSource;

/** What emulators may share: the time, the log of calls and the faults. */
public record Emulation(InstantSource clock, CallLog log, Faults faults) {

    /** An emulation with an empty log and without faults. */
    public static Emulation of(InstantSource clock) {
        return new Emulation(clock, new CallLog(), new Faults());
    }
}
