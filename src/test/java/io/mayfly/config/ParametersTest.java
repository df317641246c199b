package io.mayfly.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mayfly.aws.AwsCalls;
import io.mayfly.aws.ParameterStore;
import io.mayfly.environment.Environment;
import io.mayfly.http.Connections;
import io.mayfly.metrics.Measurements;
import io.mayfly.outcome.UnavailableException;
import io.mayfly.time.TimeLimits;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ParametersTest {

    private Instant now = Instant.EPOCH;
    private int reads;
    private boolean down;
    private int downFor;
    private final Map<String, String> stored = new HashMap<>(Map.of("/mayfly/x/pools", "one"));

    private final Environment environment = new Environment() {
        @Override
        public @Nullable String get(String name) {
            return name.equals("MAYFLY_PARAMETERS") ? "/mayfly/x/" : null;
        }
    };
    private final ParameterStore store =
            new ParameterStore(
                    new AwsCalls(
                            new Connections(InstantSource.system()),
                            environment,
                            InstantSource.system(),
                            new Measurements()),
                    TimeLimits.DEFAULT) {
                @Override
                public Map<String, String> get(List<String> names) {
                    reads++;
                    if (down) {
                        throw new UnavailableException("down");
                    }
                    return Map.copyOf(stored);
                }
            };
    private final InstantSource clock = () -> now;
    private final Parameters parameters = new Parameters(environment, store, clock, this::passes);

    private void passes(Duration pause) {
        now = now.plus(pause);
        if (reads == downFor) {
            down = false;
        }
    }

    private @Nullable String pools() {
        var setting = parameters.get("pools");
        return setting == null ? null : setting.value();
    }

    @Test
    void readsOnceInFiveMinutes() {
        assertThat(pools()).isEqualTo("one");
        stored.put("/mayfly/x/pools", "two");
        now = now.plus(Duration.ofMinutes(5).minusSeconds(1));
        assertThat(pools()).isEqualTo("one");
        now = now.plusSeconds(1);
        assertThat(pools()).isEqualTo("two");
        assertThat(reads).isEqualTo(2);
    }

    @Test
    void keepsTheOldValuesWhileSsmIsDown() {
        assertThat(pools()).isEqualTo("one");
        down = true;
        now = now.plus(Duration.ofMinutes(5));
        assertThat(pools()).isEqualTo("one");
        assertThat(pools()).isEqualTo("one");
        assertThat(reads).as("does not ask again at once").isEqualTo(2);
    }

    @Test
    void triesThreeTimesInASecondWhenNothingWasReadYet() {
        down = true;
        downFor = 2;
        var begun = now;

        assertThat(pools()).isEqualTo("one");

        assertThat(reads).isEqualTo(3);
        assertThat(now).isEqualTo(begun.plusSeconds(1));
    }

    @Test
    void givesUpAfterThreeTriesAndTriesAgainForTheNext() {
        down = true;
        assertThatThrownBy(this::pools).isInstanceOf(UnavailableException.class);
        assertThat(reads).isEqualTo(3);
        down = false;
        assertThat(pools()).isEqualTo("one");
    }

    @Test
    void looksAgainAfterTenSecondsAndAtMostOnceAMinute() {
        assertThat(pools()).isEqualTo("one");
        now = now.plusSeconds(9);
        assertThat(parameters.readAgain()).isFalse();
        now = now.plusSeconds(1);
        assertThat(parameters.readAgain()).isTrue();
        now = now.plusSeconds(59);
        assertThat(parameters.readAgain()).isFalse();
        now = now.plusSeconds(1);
        assertThat(parameters.readAgain()).isTrue();
    }

    @Test
    void namesAParameterByItsWholePath() {
        assertThat(parameters.get("pools")).hasToString("Setting[/mayfly/x/pools]");
        assertThat(parameters.get("paused")).isNull();
    }
}
