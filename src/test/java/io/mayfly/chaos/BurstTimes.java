package io.mayfly.chaos;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** How long after a burst of jobs their instances were launched, and had their runners. */
final class BurstTimes {

    private final int jobs;
    private final InstantSource clock;
    private @Nullable Instant begun;
    private Duration enough = Duration.ZERO;
    private Duration last = Duration.ZERO;
    private Duration claimed = Duration.ZERO;

    BurstTimes(int jobs, InstantSource clock) {
        this.jobs = jobs;
        this.clock = clock;
    }

    void begins() {
        begun = clock.instant();
    }

    /** An instance was launched, the {@code number}th. */
    void launched(int number) {
        if (begun != null) {
            last = Duration.between(begun, clock.instant());
            enough = number <= jobs ? last : enough;
        }
    }

    /** A claim was granted, the {@code number}th. */
    void claimed(int number) {
        if (begun != null && number <= jobs) {
            claimed = Duration.between(begun, clock.instant());
        }
    }

    /** Until as many had their runner as there are jobs. */
    Duration claimed() {
        return claimed;
    }

    /** Until as many were launched as there are jobs. */
    Duration enough() {
        return enough;
    }

    Duration last() {
        return last;
    }
}
