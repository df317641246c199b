package io.mayfly.chaos;

import io.mayfly.playground.github.EmulatedJob;

/** Tells of what has happened to a job. */
interface JobEvents {

    void happened(Work work, String action, boolean withDeployment);

    /** GitHub says that a job has ended whose runner is still busy. */
    void completedEarly(Work work, EmulatedJob job);
}
