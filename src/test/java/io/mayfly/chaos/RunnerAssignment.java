package io.mayfly.chaos;

import io.mayfly.playground.github.EmulatedRunner;
import io.mayfly.playground.github.GitHubEmulator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Which runner gets which job: GitHub gives waiting jobs, the oldest first, to free runners that fit. */
final class RunnerAssignment {

    /** How long GitHub waits for a runner to take a job that it was given. */
    private static final Duration TO_BE_TAKEN = Duration.ofSeconds(60);

    private final World world;
    private final Dice dice;
    private final GitHubEmulator github;
    private final JobEvents events;
    private final Workflows workflows;
    private final List<Machine> idle = new ArrayList<>();

    RunnerAssignment(World world, Dice dice, GitHubEmulator github, JobEvents events, Workflows workflows) {
        this.world = world;
        this.dice = dice;
        this.github = github;
        this.events = events;
        this.workflows = workflows;
        workflows.onQueued(this::match);
    }

    /** A runner is online and free; its first request for a job follows. */
    void idle(Machine machine) {
        world.time().in(dice.millis(300, 2000), () -> {
            idle.add(machine);
            match();
        });
    }

    /** The runner of a job in progress says that it failed, or GitHub notices that it is lost. */
    void failed(Work work) {
        workflows.over(work, "failure");
    }

    private void match() {
        idle.removeIf(machine -> !machine.isIdle());
        if (idle.isEmpty()) {
            return;
        }
        var queued = workflows.jobs().stream()
                .filter(work -> work.state == Work.State.QUEUED
                        && !work.heldUntil.isAfter(world.time().instant()))
                .sorted(Comparator.comparing(work -> work.queuedAt))
                .toList();
        for (var work : queued) {
            var fitting = idle.stream()
                    .filter(machine -> runner(machine).registered() && fits(runner(machine), work))
                    .toList();
            if (!fitting.isEmpty()) {
                offer(work, dice.pick(fitting));
            }
        }
    }

    private void offer(Work work, Machine machine) {
        idle.remove(machine);
        if (machine.flaw().takesNoJob()
                || (dice.chance(0.01) && !world.weather().isCalm())) {
            isNotTaken(work, machine);
            return;
        }
        // Between the offer and the beginning: the runner is busy for GitHub from now on.
        github.jobs().assign(work.id, machine.runnerId());
        work.state = Work.State.RUNNING;
        work.machine = machine;
        work.served = true;
        work.waited = Duration.between(work.queuedAt, world.time().instant());
        machine.begins(work);
        if (!Long.toString(work.id).equals(machine.instance().tags().get("mayfly:job"))) {
            world.history().count("jobs taken by another's runner");
        }
        world.time().in(dice.millis(200, 3000), () -> {
            if (work.state == Work.State.RUNNING) {
                events.happened(work, "in_progress", work.behindEnvironment);
            }
        });
        world.time().in(work.duration, () -> {
            if (machine.isAlive()) {
                workflows.over(work, dice.chance(0.9) ? "success" : "failure");
            }
        });
    }

    /** A runner that does not take its job in time loses it; GitHub queues it again. */
    private void isNotTaken(Work work, Machine machine) {
        world.history().count("jobs queued again");
        world.history().add("offered " + work.id + " to runner-id=" + machine.runnerId() + " which does not take it");
        work.heldUntil = world.time().instant().plus(TO_BE_TAKEN);
        world.time().in(TO_BE_TAKEN.plusSeconds(1), () -> {
            if (machine.isIdle() && !machine.flaw().takesNoJob()) {
                idle.add(machine);
            }
            match();
        });
    }

    private boolean fits(EmulatedRunner runner, Work work) {
        var repository = github.repositories().current(work.run.repository());
        var reaches = runner.scope().equalsIgnoreCase("repos/" + repository)
                || runner.scope().equalsIgnoreCase("orgs/" + repository.substring(0, repository.indexOf('/')));
        return reaches
                && work.labels.stream()
                        .allMatch(label -> runner.labels().stream().anyMatch(label::equalsIgnoreCase));
    }

    private EmulatedRunner runner(Machine machine) {
        return github.runners().find(machine.runnerId()).orElseThrow();
    }
}
