package io.mayfly.cost;

import static org.assertj.core.api.Assertions.assertThat;

import io.mayfly.config.TestSettings;
import io.mayfly.ec2.CapacityType;
import io.mayfly.ec2.Instance;
import io.mayfly.ec2.StateReason;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PricesTest {

    private final TestSettings settings = new TestSettings();

    @ParameterizedTest
    @CsvSource({
        "c7i.large, 0.08925",
        "c7i.xlarge, 0.1785",
        "c7i.2xlarge, 0.357",
        "m7g.medium, 0.0408",
        "t3.nano, 0.0052",
        "c7i.48xlarge, 8.568"
    })
    void pricesATypeByItsFamilyAndSize(String type, BigDecimal price) {
        assertThat(onDemand(type)).isEqualByComparingTo(price);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "c7i", "c7i.", ".large", "p5.48xlarge", "c7i.metal-24xl", "c7i.huge", "C7I.large"})
    void knowsNoPriceOfOthers(String type) {
        assertThat(onDemand(type)).isNull();
    }

    @Test
    void takesSpotForAsDearAsOnDemandUntilItIsTold() {
        assertThat(hour("c7i.xlarge", CapacityType.SPOT)).isEqualByComparingTo("0.1785");

        settings.with("MAYFLY_PRICES", "spot=0.4");
        assertThat(hour("c7i.xlarge", CapacityType.SPOT)).isEqualByComparingTo("0.0714");
        assertThat(onDemand("c7i.xlarge")).isEqualByComparingTo("0.1785");
    }

    @Test
    void isReplacedByConfiguration() {
        settings.with("MAYFLY_PRICES", " region=2, c7i.xlarge=0.3 ,p5.48xlarge=55.04,");

        assertThat(onDemand("c7i.large")).isEqualByComparingTo("0.1785");
        assertThat(onDemand("c7i.xlarge")).as("a type's own price is final").isEqualByComparingTo("0.3");
        assertThat(onDemand("p5.48xlarge")).isEqualByComparingTo("55.04");
    }

    @ParameterizedTest
    @ValueSource(strings = {"c7i.xlarge=cheap", "c7i.xlarge", "=1", "c7i.xlarge=-1", "c7i.xlarge=1e9", "a=1=2"})
    void leavesOutWhatIsNoPrice(String wrong) {
        settings.with("MAYFLY_PRICES", wrong + ",spot=0.5");

        assertThat(onDemand("c7i.xlarge")).isEqualByComparingTo("0.1785");
        assertThat(hour("c7i.xlarge", CapacityType.SPOT)).isEqualByComparingTo("0.08925");
    }

    @Test
    void pricesTheTimeThatAnInstanceLived() {
        var instance = new Instance(
                "i-1",
                "123456789012",
                "running",
                Instant.EPOCH,
                "c7i.xlarge",
                CapacityType.ON_DEMAND,
                Map.of(),
                StateReason.NONE);

        assertThat(prices().of(instance, Duration.ofMinutes(20))).isEqualByComparingTo("0.0595");
    }

    private @Nullable BigDecimal onDemand(String type) {
        return hour(type, CapacityType.ON_DEMAND);
    }

    private @Nullable BigDecimal hour(String type, CapacityType capacityType) {
        return prices().ofAnHour(type, capacityType);
    }

    private Prices prices() {
        return new Prices(settings.settings());
    }
}
