package io.mayfly.time;

import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.InstantSource;

/** What tests replace: the clock, the waits and the time limits. */
class TimeProducers {

    @Produces
    @Singleton
    InstantSource clock() {
        return InstantSource.system();
    }

    @Produces
    @Singleton
    Sleeper sleeper() {
        return Sleeper.system();
    }

    @Produces
    @Singleton
    Workers workers() {
        return Workers.system();
    }

    @Produces
    @Singleton
    TimeLimits timeLimits() {
        return TimeLimits.DEFAULT;
    }
}
