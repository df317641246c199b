package io.mayfly.chaos;

/** What goes wrong with an instance. */
enum Flaw {
    NONE,
    DIES_AT_BOOT,
    /** It does not reach the function. */
    NEVER_CLAIMS,
    /** By more than the function takes. */
    CLOCK_IS_OFF,
    NEVER_CONNECTS,
    /** And nothing ends it from within. */
    HANGS_AT_BOOT,
    /** It is online, and takes no job it is given. */
    TAKES_NO_JOB,
    /** The same, and nothing ends it from within. */
    TAKES_NO_JOB_AND_STAYS,
    POWER_OFF_HANGS,
    /** It serves a job like others, whenever one comes. */
    NEVER_IDLES_OUT,
    /** It is gone in the middle of its life. */
    VANISHES;

    boolean takesNoJob() {
        return this == TAKES_NO_JOB || this == TAKES_NO_JOB_AND_STAYS;
    }

    /** Whether its watchdog ends it when no job comes. */
    boolean idlesOut() {
        return this != TAKES_NO_JOB_AND_STAYS && this != NEVER_IDLES_OUT;
    }
}
