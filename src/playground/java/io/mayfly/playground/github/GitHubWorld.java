package io.mayfly.playground.github;

import java.time.InstantSource;

/** What all apps see in the same way. */
record GitHubWorld(
        Lies lies, EmulatedRunners runners, EmulatedJobs jobs, EmulatedRuns runs, EmulatedRepositories repositories) {

    static GitHubWorld of(InstantSource clock) {
        Lies lies = new Lies();
        EmulatedRunners runners = new EmulatedRunners(clock, lies);
        EmulatedJobs jobs = new EmulatedJobs(clock, lies, runners);
        return new GitHubWorld(lies, runners, jobs, new EmulatedRuns(jobs), new EmulatedRepositories());
    }

    void rename(String from, String to) {
        repositories.rename(from, to);
        jobs.rename(from, to);
        runs.rename(from, to);
        runners.rename(from, to);
    }
}
