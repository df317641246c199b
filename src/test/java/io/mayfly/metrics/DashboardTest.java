package io.mayfly.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mayfly.policy.Template;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the template shows and watches is what the function writes. */
class DashboardTest {

    private static final Pattern SEARCH =
            Pattern.compile("SEARCH\\('\\{Mayfly,([A-Za-z,]+)} MetricName=\"([A-Za-z0-9]+)\" Deployment=\"default\".*");
    private static final Pattern QUERY = Pattern.compile("QueryString: \\|\n((?: {8}.*\n)+)");
    private static final Pattern FIELD = Pattern.compile("\\b[A-Z][A-Za-z0-9]+\\b");

    private final Template template = Template.deployed(Map.of(
            "ParametersKeyArn", "arn:aws:kms:eu-west-1:123456789012:key/1",
            "RunnerSubnetArns", "arn:aws:ec2:eu-west-1:123456789012:subnet/subnet-1",
            "RunnerSecurityGroupArns", "arn:aws:ec2:eu-west-1:123456789012:security-group/sg-1"));

    @Test
    void theDashboardIsOneThatCloudWatchTakes() throws JsonProcessingException {
        assertThat(EmfSchema.named("dashboard.schema.json").validate(dashboard()))
                .isEmpty();
    }

    @Test
    void theDashboardShowsWhatTheFunctionWrites() throws JsonProcessingException {
        var shown = new HashSet<String>();
        for (var widget : dashboard().path("widgets")) {
            for (var metric : widget.path("properties").path("metrics")) {
                if (metric.path(0).isTextual()) {
                    assertThat(known(metric.path(1).asText()).split()).isNotEqualTo(Metric.Split.BY_REASON);
                    shown.add(metric.path(1).asText());
                } else {
                    var search =
                            SEARCH.matcher(metric.path(0).path("expression").asText());
                    assertThat(search.matches()).as(metric.toString()).isTrue();
                    assertThat(known(search.group(2)).split())
                            .isIn(
                                    search.group(1).equals("Deployment,Pool")
                                            ? List.of(Metric.Split.WHOLE_OR_BY_POOL, Metric.Split.WHOLE_AND_BY_POOL)
                                            : List.of(Metric.Split.BY_REASON));
                    shown.add(search.group(2));
                }
            }
        }
        assertThat(shown)
                .contains("JobsWaiting", "QueueTime", "Outcomes", "InstancesRunning", "FleetCost", "ColdStarts");
    }

    @Test
    void widgetsLieBesideEachOther() throws JsonProcessingException {
        var places = new HashSet<String>();
        for (var widget : dashboard().path("widgets")) {
            for (var x = 0; x < widget.path("width").asInt(); x++) {
                for (var y = 0; y < widget.path("height").asInt(); y++) {
                    var column = widget.path("x").asInt() + x;
                    assertThat(column).isLessThan(24);
                    assertThat(places.add(column + "," + (widget.path("y").asInt() + y)))
                            .isTrue();
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"JobsWait", "PoolsDoNotClaim", "BootsFail", "Budget", "ManyLaunches"})
    void alarmsWatchWhatTheFunctionWrites(String alarm) {
        assertThat(template.property(alarm, "Namespace")).isEqualTo(MetricsLine.NAMESPACE);
        assertThat(known(template.property(alarm, "MetricName").toString()).split())
                .isIn(Metric.Split.WHOLE, Metric.Split.WHOLE_OR_BY_POOL);
        assertThat(template.property(alarm, "Dimensions"))
                .isEqualTo(List.of(Map.of("Name", "Deployment", "Value", "default")));
        assertThat((int) template.property(alarm, "Period") * (int) template.property(alarm, "EvaluationPeriods"))
                .as("CloudWatch looks back for a day")
                .isLessThanOrEqualTo(86_400);
    }

    @Test
    void savedQueriesAskForFieldsThatThereAre() throws IOException {
        var known = new HashSet<>(Set.of("JOB", "WARN", "ERROR"));
        Arrays.stream(Metric.values()).map(Metric::toString).forEach(known::add);
        Arrays.stream(Property.values()).map(Property::toString).forEach(known::add);
        var queries = new ArrayList<String>();
        QUERY.matcher(Files.readString(Path.of("deploy/template.yaml")))
                .results()
                .forEach(found -> queries.add(found.group(1)
                        .lines()
                        .filter(line -> !line.strip().startsWith("#"))
                        .collect(Collectors.joining("\n"))));

        assertThat(queries).hasSizeGreaterThan(8);
        for (var query : queries) {
            assertThat(FIELD.matcher(query).results().map(found -> found.group()))
                    .as(query)
                    .isSubsetOf(known);
        }
    }

    @Test
    void theReferenceNamesEveryMetricAndProperty() throws IOException {
        var reference = Files.readString(Path.of("docs/reference.md"));
        for (var metric : Metric.values()) {
            assertThat(reference).contains("`" + metric + "`");
        }
        for (var property : Property.values()) {
            assertThat(reference).contains("`" + property + "`");
        }
    }

    private JsonNode dashboard() throws JsonProcessingException {
        return new ObjectMapper()
                .readTree(template.property("Dashboard", "DashboardBody").toString());
    }

    private static Metric known(String name) {
        return Arrays.stream(Metric.values())
                .filter(metric -> metric.toString().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no metric " + name));
    }
}
