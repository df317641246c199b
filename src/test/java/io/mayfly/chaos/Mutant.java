package io.mayfly.chaos;

import io.mayfly.chaos.Violation.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The application, broken on purpose.
 *
 * @param scenario the name of that in which it is looked for
 * @param firstSeed the one that caught it last time, to be tried before the others
 * @param alternatives beans in the place of the right ones
 * @param tampering what is changed on the wire, where no bean can be replaced
 * @param breaks the promises of which one is to be broken
 */
record Mutant(
        String name,
        String scenario,
        long firstSeed,
        List<Beans.Alternative> alternatives,
        Network.Tampering tampering,
        Set<Promise> breaks) {

    static final Mutant NONE = new Mutant("none", "", 1, List.of(), Network.Tampering.NONE, Set.of());

    static Mutant of(String name, Promise... breaks) {
        return new Mutant(name, "squall", 1, List.of(), Network.Tampering.NONE, Set.of(breaks));
    }

    Mutant with(Class<?> type, Class<?> made) {
        return with(new Beans.Alternative(null, type, made));
    }

    /** Where it shows soonest. */
    Mutant in(Scenario where) {
        return new Mutant(name, where.name(), firstSeed, alternatives, tampering, breaks);
    }

    /** Which seed shows it soonest; when the application changes another may. */
    Mutant from(long seed) {
        return new Mutant(name, scenario, seed, alternatives, tampering, breaks);
    }

    /** The scenario with this mutant. */
    Scenario scenarioWithIt() {
        return Scenario.ALL_OF_THEM.stream()
                .filter(known -> known.name().equals(scenario))
                .findFirst()
                .orElseThrow()
                .with(this);
    }

    /** Whether a simulation has shown what it does wrong. */
    boolean isCaughtBy(Result result) {
        return result.violations().stream().anyMatch(violation -> breaks.contains(violation.promise()));
    }

    /** With a bean that only one other bean gets. */
    Mutant within(Class<?> bean, Class<?> type, Class<?> made) {
        return with(new Beans.Alternative(bean, type, made));
    }

    Mutant tampering(Network.Tampering value) {
        return new Mutant(name, scenario, firstSeed, alternatives, value, breaks);
    }

    private Mutant with(Beans.Alternative alternative) {
        var more = new ArrayList<>(alternatives);
        more.add(alternative);
        return new Mutant(name, scenario, firstSeed, List.copyOf(more), tampering, breaks);
    }

    @Override
    public String toString() {
        return name;
    }
}
