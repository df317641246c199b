package io.mayfly.sweep;

import io.mayfly.github.CallBudget;

/**
 * One sweep: its report, its time, and the calls to GitHub that it may make.
 *
 * @param calls of the part that it is handed to
 */
record SweepRun(SweepReport report, SweepTime time, CallBudget calls) {

    /** The same sweep with fewer calls. */
    SweepRun with(CallBudget part) {
        return new SweepRun(report, time, part);
    }
}
