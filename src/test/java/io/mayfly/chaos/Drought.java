package io.mayfly.chaos;

import io.mayfly.chaos.Violation.Promise;
import java.time.Duration;
import java.util.List;

/**
 * An image whose instances never claim: three jobs show that it is one, then many more come. What is launched for them within an
 * hour is paid for in vain.
 */
final class Drought {

    private static final int FIRST = 3;
    private static final int MOST_WITHIN_AN_HOUR = 8;
    private static final Duration SHOWN = Duration.ofMinutes(12);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration WORK = Duration.ofMinutes(5);

    private final World world;
    private final Violations violations;
    private final People people;
    private final LaunchedMachines machines;

    Drought(World world, Violations violations, People people, LaunchedMachines machines) {
        this.world = world;
        this.violations = violations;
        this.people = people;
        this.machines = machines;
    }

    void begin(int jobs) {
        machines.badImage(true);
        world.time().in(Duration.ofSeconds(30), () -> people.matrix(Matrix.of(FIRST), WORK));
        world.time().in(SHOWN, () -> {
            var before = machines.all().size();
            people.matrix(Matrix.of(jobs), WORK);
            world.time().in(HOUR, () -> {
                count(machines.all().size() - before);
                machines.badImage(false);
            });
        });
    }

    private void count(int launched) {
        world.history().count("launches within an hour of an image that never claims", launched);
        if (launched > MOST_WITHIN_AN_HOUR) {
            violations.add(
                    Promise.FEW_WHERE_NONE_CLAIMS,
                    launched + " instances were launched within an hour, the bound is " + MOST_WITHIN_AN_HOUR,
                    List.of("launched ["));
        }
    }
}
