package io.mayfly.chaos;

import io.mayfly.playground.github.EmulatedRunners;
import org.jspecify.annotations.Nullable;

/** The runner application on an instance: it connects, serves one job, and ends. */
final class RunnerProcess {

    private final long id;
    private final EmulatedRunners runners;
    private boolean online;
    private boolean ended;
    private boolean servedJob;
    private @Nullable Work work;

    /** @param id of its registration */
    RunnerProcess(long id, EmulatedRunners runners) {
        this.id = id;
        this.runners = runners;
    }

    long id() {
        return id;
    }

    /** False when its registration is gone: then it ends. */
    boolean connect() {
        online = runners.connect(id);
        ended = !online;
        return online;
    }

    void begins(Work job) {
        work = job;
        servedJob = true;
    }

    /** Its job is over: an ephemeral runner ends. */
    void finished() {
        work = null;
        online = false;
        ended = true;
    }

    /** The watchdog stops it. */
    void stop() {
        online = false;
        ended = true;
        runners.disconnect(id);
    }

    /** Its instance is off. */
    void loseConnection() {
        if (online) {
            runners.disconnect(id);
            online = false;
        }
    }

    boolean isOnline() {
        return online;
    }

    boolean hasEnded() {
        return ended;
    }

    boolean wasOnline() {
        return online || ended;
    }

    boolean isIdle() {
        return online && work == null && !ended;
    }

    boolean servedJob() {
        return servedJob;
    }

    @Nullable
    Work work() {
        return work;
    }
}
