package io.mayfly.chaos;

import io.mayfly.playground.aws.EmulatedInstance;
import io.mayfly.playground.github.EmulatedJob;
import io.mayfly.playground.github.GitHubEmulator;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Workflow runs and their jobs in truth: what begins, waits, is approved, cancelled, skipped and run again. */
final class Workflows {

    private final World world;
    private final Dice dice;
    private final GitHubEmulator github;
    private final JobEvents events;
    private final RunStates states;
    private final double cancelled;
    private final int cancelledWithin;
    private final Map<Long, Work> jobs = new LinkedHashMap<>();
    private Runnable queued = () -> {};
    private long lastId = 30_000_000_000L;

    /**
     * Of a world.
     *
     * @param cancelled how likely a run is cancelled
     * @param cancelledWithin so many seconds at the latest
     */
    Workflows(
            World world,
            Dice dice,
            GitHubEmulator github,
            JobEvents events,
            RunStates states,
            double cancelled,
            int cancelledWithin) {
        this.world = world;
        this.dice = dice;
        this.github = github;
        this.events = events;
        this.states = states;
        this.cancelled = cancelled;
        this.cancelledWithin = cancelledWithin;
    }

    /** Sets who is told of every job that is queued. */
    void onQueued(Runnable value) {
        queued = value;
    }

    long newId() {
        return ++lastId;
    }

    Collection<Work> jobs() {
        return jobs.values();
    }

    @Nullable
    Work find(long id) {
        return jobs.get(id);
    }

    /** The job that an instance was launched for. */
    @Nullable
    Work of(EmulatedInstance instance) {
        return jobs.get(Long.parseLong(instance.tags().getOrDefault("mayfly:job", "0")));
    }

    void begin(Work.Run run) {
        world.history()
                .add("push run " + run.id() + " in " + run.repository() + " of "
                        + run.jobs().size());
        states.begins(run);
        run.jobs().forEach(this::add);
        run.stages().getFirst().forEach(this::create);
        if (dice.chance(cancelled) && !world.weather().isCalm()) {
            world.time().in(dice.seconds(2, cancelledWithin), () -> cancel(run));
        }
    }

    void add(Work work) {
        jobs.put(work.id, work);
    }

    void create(Work work) {
        var environment = work.behindEnvironment;
        show(work, environment ? "waiting" : "queued");
        if (!environment) {
            queue(work, false);
            return;
        }
        // Such a job is announced as queued at once, waits for its approval, and is announced again.
        world.history().add("waiting " + work);
        if (dice.chance(0.5)) {
            events.happened(work, "queued", true);
        }
        events.happened(work, "waiting", true);
        world.time().in(dice.seconds(5, 600), () -> approve(work));
    }

    private void approve(Work work) {
        if (work.state == Work.State.WAITING && work.conclusion.isEmpty()) {
            github.jobs().requeue(work.id);
            queue(work, true);
        }
    }

    private void queue(Work work, boolean withDeployment) {
        work.state = Work.State.QUEUED;
        work.queuedAt = world.time().instant();
        world.history().add("queued " + work);
        if (work.ours) {
            world.history().count("jobs");
        }
        events.happened(work, "queued", withDeployment);
        queued.run();
    }

    /** Somebody cancels it. */
    void cancel(Work.Run run) {
        world.history().count("runs cancelled");
        world.history().add("cancel run " + run.id());
        for (var work : run.jobs()) {
            switch (work.state) {
                case WAITING, QUEUED -> {
                    if (github.jobs().find(work.id).isPresent()) {
                        end(work, "cancelled");
                    } else {
                        work.state = Work.State.OVER;
                        work.conclusion = "never begun";
                    }
                }
                case RUNNING -> cancelRunning(work);
                case OVER -> {}
            }
        }
    }

    /** The runner winds up; now and then GitHub calls the job completed before that. */
    private void cancelRunning(Work work) {
        work.cancelled = true;
        if (dice.chance(0.5)) {
            var job = github.jobs().find(work.id).orElseThrow();
            events.completedEarly(
                    work,
                    new EmulatedJob(
                            job.id(),
                            job.runId(),
                            job.runAttempt(),
                            job.repository(),
                            job.name(),
                            job.labels(),
                            "completed",
                            "cancelled",
                            job.runner(),
                            job.createdAt(),
                            job.startedAt(),
                            github.clock().instant()));
        }
        world.time().in(dice.seconds(3, 60), () -> over(work, "cancelled"));
    }

    /** A job in progress is over. */
    void over(Work work, String conclusion) {
        if (work.state != Work.State.RUNNING) {
            return;
        }
        end(work, conclusion);
        var machine = work.machine;
        if (machine != null && machine.isAlive()) {
            machine.finished();
        }
    }

    private void end(Work work, String conclusion) {
        work.state = Work.State.OVER;
        work.overSince = world.time().instant();
        work.conclusion = conclusion;
        github.jobs().complete(work.id, conclusion);
        world.history().add(conclusion + " " + work);
        events.happened(work, "completed", work.behindEnvironment);
        var stage = work.run.stages().get(work.stage);
        if (stage.stream().allMatch(member -> member.state == Work.State.OVER)) {
            stageEnded(work.run, work.stage);
        }
    }

    private void stageEnded(Work.Run run, int stage) {
        if (stage + 1 < run.stages().size()) {
            var good = run.stages().get(stage).stream().allMatch(work -> work.conclusion.equals("success"));
            for (var next : run.stages().get(stage + 1)) {
                if (next.state != Work.State.WAITING || !next.conclusion.isEmpty()) {
                    continue;
                }
                if (good || dice.chance(0.5)) {
                    create(next);
                } else {
                    skip(next);
                }
            }
        } else if (run.attempt() == 1
                && run.jobs().stream().anyMatch(work -> work.conclusion.equals("failure"))
                && !world.weather().isCalm()
                && dice.chance(0.5)) {
            world.time().in(dice.seconds(5, 120), () -> rerun(run));
        }
    }

    /** Lets GitHub's API know of the job. */
    private void show(Work work, String status) {
        github.jobs()
                .queue(new EmulatedJob(
                        work.id,
                        work.run.id(),
                        work.run.attempt(),
                        github.repositories().current(work.run.repository()),
                        "build-" + work.id,
                        work.labels,
                        status,
                        null,
                        null,
                        github.clock().instant(),
                        null,
                        null));
    }

    private void skip(Work work) {
        show(work, "queued");
        world.history().count("jobs skipped");
        end(work, "skipped");
    }

    /** Somebody runs the failed jobs again: new jobs of the next attempt. */
    private void rerun(Work.Run run) {
        world.history().count("runs attempted again");
        var stages = new ArrayList<List<Work>>();
        var again = new Work.Run(run.id(), run.attempt() + 1, run.repository(), stages);
        var members = new ArrayList<Work>();
        run.jobs().stream()
                .filter(work -> work.conclusion.equals("failure"))
                .forEach(
                        work -> members.add(new Work(newId(), again, 0, work.labels, work.ours, work.duration, false)));
        stages.add(members);
        begin(again);
    }
}
