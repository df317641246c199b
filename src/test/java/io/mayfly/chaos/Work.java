package io.mayfly.chaos;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A job in truth, whatever GitHub's API says of it. */
final class Work {

    /** Where it stands. */
    enum State {
        WAITING,
        QUEUED,
        RUNNING,
        OVER
    }

    final long id;
    final Run run;
    final int stage;
    final List<String> labels;
    final boolean ours;
    final Duration duration;
    final boolean behindEnvironment;
    State state = State.WAITING;
    String conclusion = "";
    Instant queuedAt = Instant.MAX;
    Duration waited = Duration.ZERO;
    Instant overSince = Instant.MAX;
    Instant heldUntil = Instant.MIN;
    boolean served;
    boolean cancelled;
    int launches;

    @Nullable
    Machine machine;

    Work(long id, Run run, int stage, List<String> labels, boolean ours, Duration duration, boolean behindEnvironment) {
        this.id = id;
        this.run = run;
        this.stage = stage;
        this.labels = labels;
        this.ours = ours;
        this.duration = duration;
        this.behindEnvironment = behindEnvironment;
    }

    /** A run of a workflow: stages one after the other, each of jobs side by side. */
    record Run(long id, int attempt, String repository, List<List<Work>> stages) {

        List<Work> jobs() {
            return stages.stream().flatMap(List::stream).toList();
        }
    }

    @Override
    public String toString() {
        return "job " + id + " " + labels + " in " + run.repository();
    }
}
