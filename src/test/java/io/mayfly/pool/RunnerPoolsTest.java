package io.mayfly.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mayfly.config.TestSettings;
import io.mayfly.ec2.CapacityType;
import io.mayfly.ec2.Offering;
import io.mayfly.outcome.ConfigurationException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunnerPoolsTest {

    private static final String NEEDED = """
            "ami": "ami-0123", "instanceTypes": ["c7i.xlarge"], "subnets": ["subnet-a"], "securityGroups": ["sg-1"]""";

    private static RunnerPools pools(String json) {
        return new RunnerPools(new TestSettings().with("MAYFLY_POOLS", json).settings());
    }

    private static String pool(String name, String... labels) {
        return "{\"name\": \"" + name + "\", \"labels\": [\"" + String.join("\", \"", labels) + "\"], " + NEEDED + "}";
    }

    private static String chosen(RunnerPools pools, String labels) {
        var pool = pools.forLabels(labels.isEmpty() ? List.of() : Arrays.asList(labels.split(" ")));
        return pool == null ? "none" : pool.name();
    }

    @ParameterizedTest
    @CsvSource({
        "self-hosted, small",
        "self-hosted linux, small",
        "linux self-hosted, small",
        "Self-Hosted LINUX, small",
        "self-hosted linux gpu, gpu",
        "gpu, gpu",
        "linux linux, small",
        "self-hosted linux x64, first-of-three",
        "arm64, none",
        "self-hosted linux gpu arm64, none",
        "'', none",
    })
    void takesTheSmallestPoolThatHasAllLabels(String labels, String expected) {
        var pools = pools("[" + pool("gpu", "self-hosted", "linux", "gpu", "big") + ","
                + pool("first-of-three", "self-hosted", "linux", "x64") + ","
                + pool("small", "self-hosted", "Linux") + "," + pool("second-of-three", "self-hosted", "linux", "x64")
                + "]");

        assertThat(chosen(pools, labels)).isEqualTo(expected);
    }

    @Test
    void fillsInTheDefaults() {
        var pool = pools("[" + pool("a", "self-hosted") + "]").all().getFirst();

        assertThat(pool.level()).isEqualTo(Pool.Level.REPOSITORY);
        assertThat(pool.offerings()).containsExactly(new Offering("c7i.xlarge", "subnet-a", CapacityType.ON_DEMAND));
        assertThat(pool.maxRunners()).isEqualTo(20);
        assertThat(pool.volumeGb()).isEqualTo(100);
        assertThat(pool.rootDevice()).isEqualTo("/dev/sda1");
        assertThat(pool.instanceProfile()).isNull();
        assertThat(pool.keyName()).isNull();
        assertThat(pool.runnerGroupId()).isEqualTo(1);
        assertThat(pool.sudo()).isTrue();
        assertThat(pool.tags()).isEmpty();
        assertThat(pool.timeouts())
                .isEqualTo(new Timeouts(Duration.ofMinutes(10), Duration.ofMinutes(5), Duration.ofHours(12)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"colour\": \"red\" | pools[0].colour is not a known key",
                "\"scope\": \"enterprise\" | pools[0].scope must be repository or organization",
                "\"market\": \"free\" | pools[0].market must be on-demand, spot or spot-then-on-demand",
                "\"market\": 1 | pools[0].market is no string",
                "\"maxRunners\": -1 | pools[0].maxRunners is no whole number from 0 to 1000000",
                "\"maxRunners\": 1.5 | pools[0].maxRunners is no whole number",
                "\"volumeGb\": \"100\" | pools[0].volumeGb is no whole number",
                "\"volumeGb\": 0 | pools[0].volumeGb is no whole number from 1 to 65536",
                "\"rootDevice\": \"sda1\" | pools[0].rootDevice has the unusable value 'sda1'",
                "\"instanceProfile\": \"\" | pools[0].instanceProfile has the unusable value",
                "\"scope\": \"organization\", \"runnerGroupId\": 0 | pools[0].runnerGroupId is no whole number from 1",
                "\"runnerGroupId\": 1 | pools[0].runnerGroupId is only for the scope organization",
                "\"scope\": \"repository\", \"runnerGroupId\": 7 | pools[0].runnerGroupId is only for the scope organization",
                "\"sudo\": \"yes\" | pools[0].sudo is not true or false",
                "\"tags\": [] | pools[0].tags is no object",
                "\"tags\": {\"a\": 1} | pools[0].tags.a is no string",
                "\"tags\": {\"mayfly:job\": \"1\"} | pools[0].tags.mayfly:job is no key that can be chosen",
                "\"tags\": {\"aws:x\": \"1\"} | pools[0].tags.aws:x is no key that can be chosen",
                "\"tags\": {\"Name\": \"x\"} | pools[0].tags.Name is no key that can be chosen",
                "\"timeouts\": {\"boot\": \"1m\"} | pools[0].timeouts.boot is not a known key",
                "\"timeouts\": {\"max\": \"12\"} | pools[0].timeouts.max must be a time",
                "\"timeouts\": {\"max\": \"0s\"} | pools[0].timeouts.max must be a time",
                "\"timeouts\": {\"max\": \"999h\"} | pools[0].timeouts.max must be a time",
                "\"timeouts\": \"1h\" | pools[0].timeouts is no object",
            })
    void namesTheKeyThatIsWrong(String member, String message) {
        var json = "[{\"name\": \"a\", \"labels\": [\"x\"], " + NEEDED + ", " + member + "}]";

        assertThat(wrong(pools(json))).startsWith("MAYFLY_POOLS: " + message);
    }

    @ParameterizedTest
    @CsvSource({"name", "labels", "ami", "instanceTypes", "subnets", "securityGroups"})
    void namesTheKeyThatIsMissing(String key) {
        var json = "[" + pool("a", "x").replaceAll("\"" + key + "\": (\"[^\"]*\"|\\[[^]]*\\])(, )?", "") + "]";

        assertThat(wrong(pools(json.replace(", }", "}")))).isEqualTo("MAYFLY_POOLS: pools[0]." + key + " is missing");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[] | must be a JSON array of at least one pool",
                "{} | it is no JSON array",
                "[ | it is no valid JSON",
                "nonsense | it is no valid JSON, or is nested over 64",
            })
    void refusesWhatIsNoListOfPools(String json, String message) {
        assertThatThrownBy(() -> pools(json).all())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("MAYFLY_POOLS: " + message);
    }

    @Test
    void refusesTwoPoolsOfOneName() {
        var pools = pools("[" + pool("a", "x") + "," + pool("a", "y") + "]");

        assertThat(pools.all()).hasSize(1);
        assertThat(wrong(pools)).isEqualTo("MAYFLY_POOLS: pools[1].name 'a' is taken by an earlier pool");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"labels\": [\"gpu\"], \"colour\": 1",
                "\"labels\": [\"gpu\"], \"name\": 7",
                "\"labels\": [\"gpu\"], \"scope\": \"repository\", \"runnerGroupId\": 3",
                "\"labels\": [\"gpu\"], \"tags\": {\"Name\": \"x\"}",
                "\"labels\": [\"gpu\"], \"timeouts\": 5",
            })
    void failsTheJobsOfAWrongPoolOnly(String wrong) {
        var pools = pools("[{" + wrong + "}," + pool("good", "linux", "x64") + "]");

        assertThat(chosen(pools, "linux")).isEqualTo("good");
        assertThat(chosen(pools, "arm64")).isEqualTo("none");
        assertThatThrownBy(() -> chosen(pools, "gpu"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("MAYFLY_POOLS: pools[0].");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"1", "null", "{}", "{\"labels\": [7]}", "{\"labels\": \"linux\"}"})
    void failsTheJobsOfNoOtherPoolWhereAWrongOnesLabelsAreNotToBeRead(String wrong) {
        var pools = pools("[" + wrong + "," + pool("good", "linux") + "]");

        assertThat(chosen(pools, "linux")).isEqualTo("good");
        assertThatThrownBy(() -> chosen(pools, "gpu")).isInstanceOf(ConfigurationException.class);
    }

    private static String wrong(RunnerPools pools) {
        return String.valueOf(pools.broken().getFirst().why().getMessage());
    }
}
