package io.mayfly.time;

import java.time.Duration;

/** Does not wait. */
public final class NoSleep implements Sleeper {

    NoSleep() {}

    @Override
    public void sleep(Duration pause) {}
}
