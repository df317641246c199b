package io.mayfly.chaos;

import io.mayfly.playground.github.GitHubEmulator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Those who push, and those who give a runner the name of ours. */
final class People {

    private final World world;
    private final Dice dice;
    private final Duration pushEvery;
    private final List<String> repositories;
    private final List<Demand> demands;
    private final GitHubEmulator github;
    private final Workflows workflows;
    private boolean pushing = true;

    /** @param pushEvery mean time between two pushes */
    People(
            World world,
            Dice dice,
            Duration pushEvery,
            List<String> repositories,
            List<Demand> demands,
            GitHubEmulator github,
            Workflows workflows) {
        this.world = world;
        this.dice = dice;
        this.pushEvery = pushEvery;
        this.repositories = new ArrayList<>(repositories);
        this.demands = demands;
        this.github = github;
        this.workflows = workflows;
    }

    /** They push now and then, until they stop. */
    void planPush() {
        var mean = pushEvery.toMillis();
        world.time().in(Duration.ofMillis(mean / 4 + dice.below((int) (mean * 3 / 2))), () -> {
            if (pushing) {
                for (var count = dice.chance(0.05) ? dice.between(3, 6) : 1; count > 0; count--) {
                    push();
                }
                planPush();
            }
        });
    }

    void stopPushing() {
        pushing = false;
    }

    /** Somebody pushes: a run of one job, or of several, some in stages. */
    private void push() {
        var repository = dice.pick(repositories);
        var id = workflows.newId();
        var stages = new ArrayList<List<Work>>();
        var run = new Work.Run(id, 1, repository, stages);
        for (var stage = dice.chance(0.3) ? 2 : 1; stage > 0; stage--) {
            var width = dice.chance(0.15) ? dice.between(4, 12) : dice.between(1, 3);
            var demand = Demand.pick(demands, dice);
            var members = new ArrayList<Work>();
            for (var i = 0; i < width; i++) {
                members.add(work(run, stages.size(), dice.chance(0.2) ? Demand.pick(demands, dice) : demand));
            }
            stages.add(members);
        }
        workflows.begin(run);
    }

    private Work work(Work.Run run, int stage, Demand demand) {
        var duration = dice.chance(0.1) ? dice.minutes(10, 25) : dice.seconds(10, 300);
        return new Work(
                workflows.newId(),
                run,
                stage,
                demand.labels(),
                demand.ours(),
                duration,
                demand.ours() && stage > 0 && dice.chance(0.3));
    }

    /** A run of one matrix, each of whose jobs takes {@code duration}. */
    void matrix(Matrix matrix, Duration duration) {
        var demand = demands.getFirst();
        var stages = new ArrayList<List<Work>>();
        var run = new Work.Run(workflows.newId(), 1, repositories.getFirst(), stages);
        var members = new ArrayList<Work>();
        for (var i = 0; i < matrix.jobs(); i++) {
            members.add(new Work(workflows.newId(), run, 0, demand.labels(), demand.ours(), duration, false));
        }
        stages.add(members);
        workflows.begin(run);
        if (matrix.isCancelled()) {
            world.time().in(matrix.cancelledAfter(), () -> workflows.cancel(run));
        }
    }

    /** Somebody gives a repository another name; its jobs and runners go on. */
    void rename() {
        var index = dice.below(repositories.size());
        var from = repositories.get(index);
        var to = from + "-renamed";
        world.history().count("fault repository renamed");
        world.history().add("renamed " + from + " to " + to);
        github.rename(from, to);
        repositories.set(index, to);
    }

    /** Somebody who may register runners in another place gives one the name of ours, and it serves a job there. */
    void impersonate(Machine machine) {
        var ours = github.runners().find(machine.runnerId()).orElseThrow();
        var name = ours.name();
        var repository = dice.pick(repositories);
        var scope = "repos/" + repository;
        if (ours.scope().equalsIgnoreCase(scope)) {
            return;
        }
        github.runners().register(scope, name, List.of("pet"), 1).ifPresent(impostor -> {
            world.history().count("fault runner with the name of another");
            world.history().add("impostor " + name + " runner-id=" + impostor.id() + " in " + repository);
            github.runners().connect(impostor.id());
            var stages = new ArrayList<List<Work>>();
            var run = new Work.Run(workflows.newId(), 1, repository, stages);
            var work = new Work(workflows.newId(), run, 0, List.of("pet"), false, Duration.ofSeconds(30), false);
            stages.add(List.of(work));
            workflows.add(work);
            workflows.create(work);
            github.jobs().assign(work.id, impostor.id());
            work.state = Work.State.RUNNING;
            world.time().in(work.duration, () -> workflows.over(work, "success"));
        });
    }
}
