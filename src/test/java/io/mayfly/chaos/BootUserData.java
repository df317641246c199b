package io.mayfly.chaos;

import io.mayfly.playground.aws.EmulatedInstance;
import java.time.Duration;

/** An instance's user data, as boot.sh reads it. */
record BootUserData(EmulatedInstance instance) {

    /** A time-out of the watchdog: REGISTER, IDLE or MAX. */
    Duration timeOut(String name) {
        return Duration.ofSeconds(Long.parseLong(instance.variable("MAYFLY_" + name + "_SECONDS")
                .orElseThrow(() -> new IllegalStateException("no " + name + " in the user data"))));
    }
}
