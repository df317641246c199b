package io.mayfly.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MetricsLineTest {

    private final MetricsLine line = new MetricsLine(Kind.WEBHOOK, "default", 1_766_000_000_000L);

    @Test
    void saysMetricsAndProperties() {
        line.outcome("launched", "launched")
                .pool("small")
                .put(Metric.TIME_TO_LAUNCH, Duration.ofMillis(1200))
                .put(Property.REPOSITORY, "octo-org/api")
                .put(Property.JOB, 42);

        assertThat(text())
                .isEqualTo("{\"_aws\":{\"Timestamp\":1766000000000,\"CloudWatchMetrics\":["
                        + "{\"Namespace\":\"Mayfly\",\"Dimensions\":[[\"Deployment\",\"Outcome\",\"Reason\"]],"
                        + "\"Metrics\":[{\"Name\":\"Outcomes\",\"Unit\":\"Count\"}]},"
                        + "{\"Namespace\":\"Mayfly\",\"Dimensions\":[[\"Deployment\"],[\"Deployment\",\"Pool\"]],"
                        + "\"Metrics\":[{\"Name\":\"TimeToLaunch\",\"Unit\":\"Milliseconds\"}]}]},"
                        + "\"Deployment\":\"default\",\"Pool\":\"small\",\"Outcome\":\"launched\",\"Reason\":\"launched\","
                        + "\"Event\":\"webhook\",\"Job\":42,\"Repository\":\"octo-org/api\","
                        + "\"Outcomes\":1,\"TimeToLaunch\":1200}\n");
    }

    @Test
    void splitsWhatIsSeenByPoolOnlyInAPoolsOwnLine() {
        assertThat(dimensions(line.put(Metric.JOBS_WAITING, 3))).isEqualTo("[[\"Deployment\"]]");
        assertThat(dimensions(line.pool("small"))).isEqualTo("[[\"Deployment\",\"Pool\"]]");
    }

    @Test
    void writesSmallSumsAsPlainNumbers() {
        line.put(Metric.ESTIMATED_COST, 0.0000004)
                .put(Metric.FLEET_COST, 0.000019)
                .put(Metric.INSTANCE_MINUTES, 1200.0);

        assertThat(text())
                .contains("\"EstimatedCost\":0,")
                .contains("\"FleetCost\":0.000019")
                .contains("\"InstanceMinutes\":1200,");
    }

    @Test
    void keepsToTheFormatsLimitOfValues() {
        line.put(Metric.GITHUB_TIME, LongStream.range(0, 460).boxed().toList());

        assertThat(json().path("GitHubTime").size()).isEqualTo(MetricsLine.MOST_VALUES);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"},\"_aws\":{\"x\":\"",
                "line\nbreak\r{\"_aws\":{}}",
                "\u0000\u001b[31mred\u007f\u2028\u2029\u202e",
                "\ud83e\udd9f, \ud83e half, \udd9f half",
                "${jndi:ldap://x}",
                "</script><script>alert(1)</script>"
            })
    void letsNothingBreakOutOfAText(String hostile) {
        line.put(Metric.COLD_STARTS, 1).put(Property.WORKFLOW, hostile).put(Property.LABELS, hostile.repeat(100));

        var text = text();
        assertThat(text.substring(0, text.length() - 1)).matches("[ -~]*");
        var json = json();
        assertThat(json.path("_aws").path("CloudWatchMetrics").size()).isEqualTo(1);
        assertThat(json.path("Workflow").asText().replace('?', ' '))
                .isEqualTo(hostile.replace("\ud83e half", "? half")
                        .replace(", \udd9f half", ", ? half")
                        .replace('\u007f', '?')
                        .replace('?', ' '));
        assertThat(json.path("Labels").asText()).hasSizeLessThanOrEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a b", "\u00fc", "{\"a\":1}", "a/b"})
    void makesNoDimensionOfWhatIsNoName(String hostile) {
        line.pool(hostile).outcome(hostile, hostile);

        assertThat(json().path("Pool").asText()).isEqualTo("other");
        assertThat(json().path("Reason").asText()).isEqualTo("other");
    }

    @Test
    void movesWhatWasMeasuredIntoOneLineAndForgetsIt() {
        var measurements = new Measurements();
        measurements.count(Metric.LAUNCHES);
        measurements.call(Service.EC2, "RunInstances", Duration.ofMillis(800));
        measurements.call(Service.EC2, "RunInstances", Duration.ofMillis(200));
        measurements.rateLimitLeft(4000);
        measurements.rateLimitLeft(3999);
        measurements.rateLimitLeft(4999);

        measurements.moveInto(line);
        var json = json();
        assertThat(json.path("ColdStarts").asInt()).isEqualTo(1);
        assertThat(json.path("Launches").asInt()).isEqualTo(1);
        assertThat(json.path("Ec2Calls").asInt()).isEqualTo(2);
        assertThat(json.path("Ec2Time")).extracting(JsonNode::asInt).containsExactly(800, 200);
        assertThat(json.path("GitHubRateLimitLeft").asInt()).isEqualTo(3999);
        assertThat(json.path("Calls").path("RunInstances").path("Milliseconds").asInt())
                .isEqualTo(1000);

        var next = new MetricsLine(Kind.WEBHOOK, "default", 0);
        measurements.moveInto(next.outcome("ignored", "waiting"));
        assertThat(new String(next.bytes(), StandardCharsets.US_ASCII))
                .doesNotContain("ColdStarts", "Ec2", "Calls", "RateLimit");
    }

    @Test
    void aLineThatCannotBeWrittenFailsNothing() {
        var written = new ArrayList<byte[]>();
        var failing = new MetricsLog(
                line -> {
                    written.add(line);
                    throw new IllegalStateException("no output");
                },
                java.time.InstantSource.system());

        failing.write(line.outcome("ignored", "waiting"));

        assertThat(written).hasSize(1);
    }

    @Test
    void everyNameIsThereOnce() {
        assertThat(List.of(Metric.values())).extracting(Metric::toString).doesNotHaveDuplicates();
        assertThat(List.of(Property.values()))
                .extracting(Property::toString)
                .doesNotHaveDuplicates()
                .doesNotContainAnyElementsOf(
                        List.of(Metric.values()).stream().map(Metric::toString).toList());
    }

    private static String dimensions(MetricsLine line) {
        return EmfSchema.validated(new String(line.bytes(), StandardCharsets.US_ASCII))
                .path("_aws")
                .path("CloudWatchMetrics")
                .path(0)
                .path("Dimensions")
                .toString();
    }

    private String text() {
        return new String(line.bytes(), StandardCharsets.UTF_8);
    }

    private JsonNode json() {
        return EmfSchema.validated(text());
    }
}
