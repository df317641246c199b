package io.mayfly.playground.github;

import java.time.Duration;
import java.util.function.Predicate;

/**
 * In what GitHub's REST API is not to be trusted about runners: each of these was seen (actions/runner issues 4422
 * and 4617, github-aws-runners pull request 5228). By default it tells the truth.
 */
public final class Lies {

    /** What DELETE says about a runner in the middle of its job, which goes on in any case. */
    public enum BusyDeletion {
        /** The truth: 422, nothing is deleted. */
        REFUSED,
        /** 204, the registration is gone. */
        ACCEPTED,
        /** 404, as if there were no such runner. */
        NOT_FOUND
    }

    private volatile boolean staleBusy;
    private volatile BusyDeletion busyDeletion = BusyDeletion.REFUSED;
    private volatile Predicate<EmulatedRunner> omitted = runner -> false;
    private volatile Duration lag = Duration.ZERO;

    Lies() {}

    /** Whether {@code busy} is false although a job runs. */
    public void staleBusy(boolean value) {
        staleBusy = value;
    }

    public void busyDeletion(BusyDeletion value) {
        busyDeletion = value;
    }

    /** Which registered runners are left out of lists; they are still found by id. */
    public void omitFromLists(Predicate<EmulatedRunner> value) {
        omitted = value;
    }

    /** How old what is shown of runners and jobs is. */
    public void lag(Duration value) {
        lag = value;
    }

    /** Back to the truth. */
    public void none() {
        staleBusy = false;
        busyDeletion = BusyDeletion.REFUSED;
        omitted = runner -> false;
        lag = Duration.ZERO;
    }

    BusyDeletion busyDeletion() {
        return busyDeletion;
    }

    boolean omits(EmulatedRunner runner) {
        return omitted.test(runner);
    }

    Duration lag() {
        return lag;
    }

    EmulatedRunner show(EmulatedRunner runner) {
        return staleBusy && runner.busy() ? runner.withBusy(false) : runner;
    }
}
