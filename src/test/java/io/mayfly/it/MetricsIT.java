package io.mayfly.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mayfly.metrics.EmfSchema;
import io.mayfly.playground.host.FunctionUrlEvent;
import io.mayfly.playground.world.SignedWebhook;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the function writes to its output for CloudWatch. That no secret is in it is asserted when the function is closed. */
class MetricsIT {

    private static final String HOSTILE = "\"},\"_aws\":{\"Timestamp\":1}}\n{\"_aws\":{}}\u2028\ud83e";

    private final Function function = new Function();

    @AfterEach
    void close() {
        function.close();
    }

    @Test
    void aJobsLifeIsToldInFiveLines() {
        var job = function.playground().queueJob();
        var instance = function.claimed(job);
        function.takesJob(instance, job);
        function.deliver(
                job,
                "in_progress",
                event -> workflowJob(event)
                        .put("created_at", "2026-11-24T10:00:00Z")
                        .put("started_at", "2026-11-24T10:00:42Z")
                        .put("runner_name", instance.tags().get("Name")));
        function.finishes(instance, job);
        function.deliver(job, "completed", event -> workflowJob(event).put("workflow_name", "Build"));

        var lines = lines();
        assertThat(lines)
                .extracting(line ->
                        line.path("Event").asText() + " " + line.path("Outcome").asText())
                .containsExactly("webhook launched", "claim ", "webhook ignored", "end ", "webhook terminated");
        var launched = lines.getFirst();
        assertThat(launched.path("ColdStarts").asInt()).isEqualTo(1);
        assertThat(launched.path("Launches").asInt()).isEqualTo(1);
        assertThat(launched.path("Instance").asText()).isEqualTo(instance.id());
        assertThat(launched.path("Job").asLong()).isEqualTo(job.id());
        assertThat(launched.path("TimeToLaunch").isNumber()).isTrue();
        assertThat(launched.path("Calls").path("RunInstances").path("Count").asInt())
                .isEqualTo(1);
        // Twice where the start of a slow JVM took longer than the first call may.
        assertThat(launched.path("SsmCalls").asInt()).isBetween(1, 2);
        var claimed = lines.get(1);
        assertThat(claimed.path("Claims").asInt()).isEqualTo(1);
        assertThat(claimed.path("Registrations").asInt()).isEqualTo(1);
        assertThat(claimed.path("StsCalls").asInt()).isEqualTo(1);
        assertThat(claimed.path("ClaimTime").isNumber()).isTrue();
        assertThat(claimed.path("TimeToClaim").isNumber()).isTrue();
        assertThat(claimed.path("Pool").asText())
                .isEqualTo(launched.path("Pool").asText());
        assertThat(claimed.path("Runner").asText()).isEqualTo("mayfly-" + instance.id());
        var inProgress = lines.get(2);
        assertThat(inProgress.path("QueueTime").asLong()).isEqualTo(42_000);
        assertThat(inProgress.path("Pool").asText())
                .isEqualTo(launched.path("Pool").asText());
        assertThat(inProgress.has("Calls")).as("no remote call").isFalse();
        var end = lines.get(3);
        assertThat(end.path("Workflow").asText()).isEqualTo("Build");
        assertThat(end.path("Repository").asText())
                .isEqualTo(launched.path("Repository").asText());
        assertThat(end.path("InstanceMinutes").asDouble()).isGreaterThanOrEqualTo(1.0);
        assertThat(end.path("Why").asText()).isEqualTo("completed");
        assertThat(end.path("EstimatedCost").asDouble()).isCloseTo(0.1785 / 60, within(0.01));
        assertThat(lines.get(4).path("Terminations").asInt()).isEqualTo(1);
    }

    @Test
    void anInterruptionIsToldInEc2sWord() {
        var job = function.playground().queueJob();
        var instance = function.claimed(job);
        function.takesJob(instance, job);
        function.finishes(instance, job);
        function.playground()
                .aws()
                .instances()
                .end(instance.id(), "Server.SpotInstanceTermination: Spot Instance termination");
        function.deliver(job, "completed", event -> workflowJob(event).put("workflow_name", "Build"));

        assertThat(lines())
                .filteredOn(line -> line.path("Event").asText().equals("end"))
                .singleElement()
                .satisfies(end -> assertThat(end.path("Ended").asText()).isEqualTo("Server.SpotInstanceTermination"));
    }

    @Test
    void aDeliveryWithoutAValidSignatureIsNotPaidFor() {
        var job = function.playground().queueJob();
        function.start();
        var forged = SignedWebhook.of("workflow_job", "{}".getBytes(StandardCharsets.UTF_8), "another secret");

        assertThat(function.send(forged).status()).isEqualTo(401);
        assertThat(lines()).isEmpty();

        function.launched(job);
        assertThat(lines()).hasSize(1);
    }

    @Test
    void aRefusedClaimIsCountedByItsReasonAndOneWithoutATicketNotAtAll() {
        var instance = function.launched(function.playground().queueJob());
        function.claim(function.claimOf(instance).withTicket("cA." + "A".repeat(43)));
        function.claim(instance);
        function.claim(instance);
        function.playground().aws().faults().on("GetCallerIdentity").error("ServiceUnavailable", 503);
        function.claim(instance);

        assertThat(lines().subList(1, lines().size()))
                .extracting(line -> line.path("Event").asText()
                        + line.path("Claims").asText()
                        + line.path("ClaimsRefused").asText()
                        + line.path("Reason").asText())
                .containsExactly("claim1", "claim1claimed", "claim1unavailable");
    }

    @Test
    void hostileNamesAreOnlyText() {
        var job = function.playground().queueJob();
        function.deliver(job, "queued", event -> {
            workflowJob(event)
                    .put("workflow_name", HOSTILE.repeat(50))
                    .putArray("labels")
                    .add(HOSTILE);
        });

        var line = lines().getLast();
        assertThat(line.path("Reason").asText()).isEqualTo("no-pool");
        assertThat(line.path("Workflow").asText()).hasSizeBetween(100, 200).startsWith("\"},\"_aws\"");
        assertThat(line.path("Labels").asText()).startsWith("\"},\"_aws\"");
    }

    @Test
    void whatIsNiceToKnowAndUnreadableRefusesNothing() {
        var job = function.playground().queueJob();
        var instance = function.claimed(job);
        function.takesJob(instance, job);
        var answer = function.deliver(
                job,
                "in_progress",
                event -> workflowJob(event)
                        .put("created_at", "yesterday")
                        .put("started_at", 5)
                        .put("workflow_name", 5)
                        .put("runner_name", instance.tags().get("Name")));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(lines().getLast().has("QueueTime")).isFalse();
        assertThat(lines().getLast().path("Reason").asText()).isEqualTo("in-progress");
    }

    @Test
    void aSweepTellsWhatItSaw() {
        var job = function.playground().queueJob();
        function.launched(job);
        function.send(FunctionUrlEvent.sweep(function.now()));

        var lines = lines();
        assertThat(lines).extracting(line -> line.path("Event").asText()).containsExactly("webhook", "pool", "sweep");
        for (var line : lines.subList(1, 3)) {
            assertThat(line.path("JobsWaiting").asInt()).isEqualTo(1);
            assertThat(line.path("FleetMinutes").asInt()).isEqualTo(1);
            assertThat(line.path("FleetCost").asDouble()).isCloseTo(0.1785 / 60, within(0.0001));
        }
        assertThat(lines.get(2).path("IncompleteSweeps").asInt()).isZero();
        assertThat(lines.get(2)
                        .path("Calls")
                        .path("DescribeInstances")
                        .path("Count")
                        .asInt())
                .isPositive();
        assertThat(lines.get(2).path("GitHubRateLimitLeft").isNumber()).isTrue();
    }

    private static ObjectNode workflowJob(ObjectNode event) {
        return (ObjectNode) event.path("workflow_job");
    }

    /** The lines for CloudWatch; all others must be no metrics. */
    private List<JsonNode> lines() {
        return function.log()
                .lines()
                .filter(line -> line.contains("\"_aws\""))
                .filter(line -> !line.contains("event refused"))
                .map(EmfSchema::validated)
                .toList();
    }
}
