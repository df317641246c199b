package io.mayfly.chaos;

import io.mayfly.playground.github.EmulatedRuns;
import java.time.Duration;
import java.util.List;

/**
 * In which states GitHub shows runs that are not over: a run of which one job waits for an approval is waiting while its
 * others run, and a state may come that nobody has heard of. Some runs stay queued for ever and have no job.
 */
final class RunStates {

    private static final List<String> OTHERS = List.of("waiting", "pending", "requested", "held");

    private final World world;
    private final Dice dice;
    private final double share;
    private final EmulatedRuns runs;

    /** @param share of the runs that are shown in another state than their jobs make */
    RunStates(World world, double share, EmulatedRuns runs) {
        this.world = world;
        this.dice = world.dice("run states");
        this.share = share;
        this.runs = runs;
    }

    void begins(Work.Run run) {
        if (dice.chance(share)) {
            var state = dice.pick(OTHERS);
            world.history().count("fault run shown as " + state);
            world.history().add("run " + run.id() + " is shown as " + state);
            runs.showAs(run.id(), state);
        }
    }

    /** Adds so many runs that never end to a repository, in every state that one may be stuck in. */
    void haunt(String repository, int number) {
        for (var i = 1; i <= number; i++) {
            var state = i % 5 == 0 ? dice.pick(OTHERS) : "queued";
            var age = Duration.ofDays(1 + dice.below(60));
            runs.addGhost(repository, i, state, world.time().instant().minus(age));
        }
    }
}
