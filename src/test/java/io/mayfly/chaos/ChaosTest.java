package io.mayfly.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.mayfly.chaos.Violation.Promise;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The part of {@code make chaos} that every build has the time for. */
class ChaosTest {

    @BeforeAll
    static void silence() {
        ApplicationLog.silence();
    }

    @Test
    void theSameSeedMakesTheSameHistory() {
        var first = new Simulation(1, Scenario.SHOWER).run();
        var again = new Simulation(1, Scenario.SHOWER).run();

        assertThat(again.history().lines()).isEqualTo(first.history().lines());
        assertThat(again.history().hash()).isEqualTo(first.history().hash());
        assertThat(first.history().counts()).isEqualTo(again.history().counts());
    }

    @Test
    void anotherSeedMakesAnotherHistory() {
        assertThat(new Simulation(2, Scenario.SHOWER).run().history().hash())
                .isNotEqualTo(new Simulation(3, Scenario.SHOWER).run().history().hash());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void keepsEveryPromiseInAShower(long seed) {
        var result = new Simulation(seed, Scenario.SHOWER).run();

        assertThat(result.violations()).as(result.story()).isEmpty();
        assertThat(result.history().counted("jobs")).isGreaterThan(30);
        assertThat(result.history().counted("launches")).isGreaterThan(30);
        assertThat(result.history().counted("metrics: launches")).isGreaterThan(30);
    }

    @Test
    void launchesABurstByTheQueueWithinSeconds() {
        var result = new Simulation(1, Scenario.BURST.with(Matrix.of(40))).run();

        assertThat(result.violations()).as(result.story()).isEmpty();
        assertThat(result.history().counted("events of the queue")).isPositive();
        assertThat(Burst.of(result, QueueFate.GOOD).launched()).isLessThan(Duration.ofSeconds(25));
    }

    /** The sweep launches what the queue does not: within 45 s, a minute until it comes, and its launches. */
    @ParameterizedTest
    @EnumSource(value = QueueFate.class, mode = EnumSource.Mode.EXCLUDE, names = "GOOD")
    void launchesABurstWhateverTheQueueDoes(QueueFate fate) {
        var result = new Simulation(1, Scenario.BURST.with(Matrix.of(40)), fate).run();

        // What comes twice, in another environment and another batch, is launched for twice.
        assertThat(result.violations())
                .as(result.story())
                .filteredOn(
                        violation -> fate != QueueFate.REPEATS_ALL || violation.promise() != Promise.FEW_EXTRA_LAUNCHES)
                .isEmpty();
        assertThat(Burst.of(result, fate).launched()).isLessThan(Duration.ofSeconds(135));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "the consumer takes old messages",
                "a repeated message launches again",
                "a random client token",
                "another choice after no answer",
                "a claim is answered before its tag",
                "the account is not compared",
                "a deleted registration is not counted"
            })
    void catchesWhatIsBrokenOnPurpose(String name) {
        var mutant = Mutants.all().stream()
                .filter(known -> known.name().equals(name))
                .findFirst()
                .orElseThrow();

        assertThat(Caught.search(mutant).violation()).as(name).isNotNull();
    }

    @Test
    void everyPromiseIsBrokenByAMutant() {
        assertThat(Mutants.all().stream().flatMap(mutant -> mutant.breaks().stream()))
                .contains(
                        Promise.NO_BUSY_RUNNER_IS_ENDED,
                        Promise.NOTHING_OF_OTHERS_IS_TOUCHED,
                        Promise.A_CLAIM_IS_FOR_ITS_OWN_INSTANCE,
                        Promise.NO_CONFIGURATION_BEFORE_ITS_TAG,
                        Promise.ONE_RUNNER_FOR_AN_INSTANCE,
                        Promise.THE_TAG_OF_A_CLAIM_STAYS,
                        Promise.NO_CLAIMED_INSTANCE_IS_WITHDRAWN,
                        Promise.ONE_LAUNCH_FOR_A_DELIVERY,
                        Promise.A_MESSAGE_IS_LAUNCHED_FOR_ONCE,
                        Promise.FEW_WHERE_NONE_CLAIMS,
                        Promise.EVERY_JOB_IS_SERVED,
                        Promise.NO_INSTANCE_IS_LEFT,
                        Promise.NO_REGISTRATION_IS_LEFT,
                        Promise.EVERY_DELIVERY_IS_ANSWERED,
                        Promise.ONLY_RUNNERS_ARE_CHANGED,
                        Promise.ONLY_OUR_REGISTRATIONS_ARE_DELETED,
                        Promise.METRICS_ADD_UP);
    }
}
