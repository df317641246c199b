package io.mayfly.chaos;

import io.mayfly.playground.github.EmulatedJob;
import io.mayfly.playground.github.EmulatedRunner;
import io.mayfly.playground.github.GitHubEmulator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Workflow runs and their jobs in truth: who pushes, who approves, who cancels, and which runner gets what. */
final class GitHubWorld {

    /** What people's workflows ask for. */
    record Demand(List<String> labels, int weight, boolean ours) {}

    /** Tells of what has happened to a job. */
    interface Events {
        void happened(Work work, String action, boolean withDeployment);

        /** GitHub says that a job has ended whose runner is still busy. */
        void completedEarly(Work work, EmulatedJob job);
    }

    private final GitHubEmulator github;
    private final SimulatedTime time;
    private final History history;
    private final Weather weather;
    private final Dice dice;
    private final Events events;
    private final List<String> repositories;
    private final List<Demand> demands;
    private final Map<Long, Work> jobs = new LinkedHashMap<>();
    private final List<Machine> idle = new ArrayList<>();
    private final double cancelled;
    private long lastId = 30_000_000_000L;

    GitHubWorld(
            GitHubEmulator github,
            SimulatedTime time,
            History history,
            Weather weather,
            Dice dice,
            Events events,
            List<String> repositories,
            List<Demand> demands,
            double cancelled) {
        this.cancelled = cancelled;
        this.github = github;
        this.time = time;
        this.history = history;
        this.weather = weather;
        this.dice = dice;
        this.events = events;
        this.repositories = repositories;
        this.demands = demands;
    }

    Map<Long, Work> jobs() {
        return jobs;
    }

    boolean isCalm() {
        return weather.isCalm();
    }

    /** Somebody pushes: a run of one job, or of several, some in stages. */
    void push() {
        var repository = dice.pick(repositories);
        var id = ++lastId;
        var stages = new ArrayList<List<Work>>();
        var run = new Work.Run(id, 1, repository, stages);
        for (var stage = dice.chance(0.3) ? 2 : 1; stage > 0; stage--) {
            var width = dice.chance(0.15) ? dice.between(4, 12) : dice.between(1, 3);
            var demand = demand();
            var members = new ArrayList<Work>();
            for (var i = 0; i < width; i++) {
                members.add(work(run, stages.size(), dice.chance(0.2) ? demand() : demand));
            }
            stages.add(members);
        }
        begin(run);
    }

    /** A run of one matrix. */
    void matrix(String repository, int width, Demand demand, Duration duration) {
        var stages = new ArrayList<List<Work>>();
        var run = new Work.Run(++lastId, 1, repository, stages);
        var members = new ArrayList<Work>();
        for (var i = 0; i < width; i++) {
            members.add(new Work(++lastId, run, 0, demand.labels(), demand.ours(), duration, false));
        }
        stages.add(members);
        begin(run);
    }

    private void begin(Work.Run run) {
        history.add("push run " + run.id() + " in " + run.repository() + " of "
                + run.jobs().size());
        run.jobs().forEach(work -> jobs.put(work.id, work));
        run.stages().getFirst().forEach(this::create);
        if (dice.chance(cancelled) && !weather.isCalm()) {
            time.in(dice.seconds(2, 400), () -> cancel(run));
        }
    }

    private Demand demand() {
        var ticket = dice.below(demands.stream().mapToInt(Demand::weight).sum());
        for (var demand : demands) {
            ticket -= demand.weight();
            if (ticket < 0) {
                return demand;
            }
        }
        throw new IllegalStateException("no demand");
    }

    private Work work(Work.Run run, int stage, Demand demand) {
        var duration = dice.chance(0.1) ? dice.minutes(10, 25) : dice.seconds(10, 300);
        return new Work(
                ++lastId,
                run,
                stage,
                demand.labels(),
                demand.ours(),
                duration,
                demand.ours() && stage > 0 && dice.chance(0.3));
    }

    private void create(Work work) {
        var environment = work.behindEnvironment;
        add(work, environment ? "waiting" : "queued");
        if (!environment) {
            queue(work, false);
            return;
        }
        // Such a job is announced as queued at once, waits for its approval, and is announced again.
        history.add("waiting " + work);
        if (dice.chance(0.5)) {
            events.happened(work, "queued", true);
        }
        events.happened(work, "waiting", true);
        time.in(dice.seconds(5, 600), () -> approve(work));
    }

    private void approve(Work work) {
        if (work.state == Work.State.WAITING && work.conclusion.isEmpty()) {
            github.jobs().requeue(work.id);
            queue(work, true);
        }
    }

    private void queue(Work work, boolean withDeployment) {
        work.state = Work.State.QUEUED;
        work.queuedAt = time.instant();
        history.add("queued " + work);
        if (work.ours) {
            history.count("jobs");
        }
        events.happened(work, "queued", withDeployment);
        match();
    }

    private void cancel(Work.Run run) {
        history.count("runs cancelled");
        history.add("cancel run " + run.id());
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
        time.in(dice.seconds(3, 60), () -> over(work, "cancelled"));
    }

    /** A runner is online and free; its first request for a job follows. */
    void idle(Machine machine) {
        time.in(dice.millis(300, 2000), () -> {
            idle.add(machine);
            match();
        });
    }

    /** Somebody who may register runners in another place gives one the name of ours, and it serves a job there. */
    void impersonate(Machine machine) {
        var name = runner(machine).name();
        var repository = dice.pick(repositories);
        var scope = "repos/" + repository;
        if (runner(machine).scope().equalsIgnoreCase(scope)) {
            return;
        }
        github.runners().register(scope, name, List.of("pet"), 1).ifPresent(impostor -> {
            history.count("fault runner with the name of another");
            history.add("impostor " + name + " runner-id=" + impostor.id() + " in " + repository);
            github.runners().connect(impostor.id());
            var stages = new ArrayList<List<Work>>();
            var run = new Work.Run(++lastId, 1, repository, stages);
            var work = new Work(++lastId, run, 0, List.of("pet"), false, Duration.ofSeconds(30), false);
            stages.add(List.of(work));
            jobs.put(work.id, work);
            create(work);
            github.jobs().assign(work.id, impostor.id());
            work.state = Work.State.RUNNING;
            time.in(work.duration, () -> over(work, "success"));
        });
    }

    /** Whether another live machine is connected as the same runner. */
    boolean hasSession(Machine machine) {
        return idle.stream()
                        .anyMatch(
                                other -> other != machine && other.runnerId() == machine.runnerId() && other.isAlive())
                || jobs.values().stream()
                        .anyMatch(work -> work.machine != null
                                && work.machine != machine
                                && work.machine.runnerId() == machine.runnerId()
                                && work.machine.isAlive());
    }

    /** Gives waiting jobs, oldest first, to free runners that fit. */
    private void match() {
        idle.removeIf(machine -> !machine.isIdle());
        if (idle.isEmpty()) {
            return;
        }
        var queued = jobs.values().stream()
                .filter(work -> work.state == Work.State.QUEUED && !work.heldUntil.isAfter(time.instant()))
                .sorted(Comparator.comparing(work -> work.queuedAt))
                .toList();
        for (var work : queued) {
            var fitting = idle.stream()
                    .filter(machine -> isRegistered(machine) && fits(runner(machine), work))
                    .toList();
            if (!fitting.isEmpty()) {
                offer(work, dice.pick(fitting));
            }
        }
    }

    private void offer(Work work, Machine machine) {
        idle.remove(machine);
        if (machine.takesNoJob() || (dice.chance(0.01) && !weather.isCalm())) {
            // A runner that does not take its job within 60 s loses it; GitHub queues it again.
            history.count("jobs queued again");
            history.add("offered " + work.id + " to runner-id=" + machine.runnerId() + " which does not take it");
            work.heldUntil = time.instant().plus(Duration.ofSeconds(60));
            time.in(Duration.ofSeconds(61), () -> {
                if (machine.isIdle() && !machine.takesNoJob()) {
                    idle.add(machine);
                }
                match();
            });
            return;
        }
        // Between the offer and the beginning: the runner is busy for GitHub from now on.
        github.jobs().assign(work.id, machine.runnerId());
        work.state = Work.State.RUNNING;
        work.machine = machine;
        work.served = true;
        machine.begins(work);
        if (!runner(machine).name().contains("-" + work.id + "-")) {
            history.count("jobs taken by another's runner");
        }
        time.in(dice.millis(200, 3000), () -> {
            if (work.state == Work.State.RUNNING) {
                events.happened(work, "in_progress", work.behindEnvironment);
            }
        });
        time.in(work.duration, () -> {
            if (machine.isAlive()) {
                over(work, dice.chance(0.9) ? "success" : "failure");
            }
        });
    }

    private static boolean fits(EmulatedRunner runner, Work work) {
        var repository = work.run.repository();
        var reaches = runner.scope().equalsIgnoreCase("repos/" + repository)
                || runner.scope().equalsIgnoreCase("orgs/" + repository.substring(0, repository.indexOf('/')));
        return reaches
                && work.labels.stream()
                        .allMatch(label -> runner.labels().stream().anyMatch(label::equalsIgnoreCase));
    }

    private EmulatedRunner runner(Machine machine) {
        return github.runners().find(machine.runnerId()).orElseThrow();
    }

    private boolean isRegistered(Machine machine) {
        return runner(machine).registered();
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
        work.overSince = time.instant();
        work.conclusion = conclusion;
        github.jobs().complete(work.id, conclusion);
        history.add(conclusion + " " + work);
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
                && !weather.isCalm()
                && dice.chance(0.5)) {
            time.in(dice.seconds(5, 120), () -> rerun(run));
        }
    }

    private void add(Work work, String status) {
        github.jobs()
                .queue(new EmulatedJob(
                        work.id,
                        work.run.id(),
                        work.run.attempt(),
                        work.run.repository(),
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
        add(work, "queued");
        history.count("jobs skipped");
        end(work, "skipped");
    }

    /** Somebody runs the failed jobs again: new jobs of the next attempt. */
    private void rerun(Work.Run run) {
        history.count("runs attempted again");
        var stages = new ArrayList<List<Work>>();
        var again = new Work.Run(run.id(), run.attempt() + 1, run.repository(), stages);
        var members = new ArrayList<Work>();
        run.jobs().stream()
                .filter(work -> work.conclusion.equals("failure"))
                .forEach(work ->
                        members.add(new Work(++lastId, again, 0, work.labels, work.ours, work.duration, false)));
        stages.add(members);
        begin(again);
    }
}
