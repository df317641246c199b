package io.mayfly.github;

import io.mayfly.config.UnavailableException;

/** The work has made all the calls to GitHub that it may. The call was not made. */
public final class AllowanceSpentException extends UnavailableException {

    AllowanceSpentException() {
        super("the calls to GitHub for this time are spent");
    }
}
