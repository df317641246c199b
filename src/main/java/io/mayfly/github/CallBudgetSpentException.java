package io.mayfly.github;

import io.mayfly.outcome.Outcome.Cause;
import io.mayfly.outcome.UnavailableException;

/** The work has made all the calls to GitHub that it may. The call was not made. */
public final class CallBudgetSpentException extends UnavailableException {

    CallBudgetSpentException() {
        super(Cause.CALLS_SPENT, "the calls to GitHub for this time are spent", NEXT_SWEEP);
    }
}
