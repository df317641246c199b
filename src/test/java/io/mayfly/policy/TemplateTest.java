package io.mayfly.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What AWS or the contract asks of the template and no linter knows. */
class TemplateTest {

    private static final Map<String, String> NEEDED = Map.of(
            "ParametersKeyArn", "arn:aws:kms:eu-west-1:123456789012:key/1",
            "RunnerSubnetArns", "arn:aws:ec2:eu-west-1:123456789012:subnet/subnet-1",
            "RunnerSecurityGroupArns", "arn:aws:ec2:eu-west-1:123456789012:security-group/sg-1");

    private final Template template = Template.deployed(NEEDED);

    @Test
    void letsEverybodyCallTheUrlByBothPermissions() {
        assertThat(template.property("Url", "AuthType")).isEqualTo("NONE");
        assertThat(template.property("UrlPermission"))
                .isEqualTo(Map.of(
                        "FunctionName", "FunctionFromZip",
                        "Action", "lambda:InvokeFunctionUrl",
                        "Principal", "*",
                        "FunctionUrlAuthType", "NONE"));
        assertThat(template.property("UrlInvokePermission"))
                .isEqualTo(Map.of(
                        "FunctionName", "FunctionFromZip",
                        "Action", "lambda:InvokeFunction",
                        "Principal", "*",
                        "InvokedViaFunctionUrl", true));
    }

    @Test
    void sweepsByTheConstantRequestAndRepeatsNothing() {
        assertThat(template.property("SweepSchedule", "ScheduleExpression")).isEqualTo("rate(1 minute)");
        assertThat(template.property("SweepSchedule", "Target", "Input"))
                .isEqualTo(
                        "{\"version\":\"2.0\",\"rawPath\":\"/internal/sweep\",\"headers\":{\"x-mayfly-scheduled\":"
                                + "\"<aws.scheduler.scheduled-time>\"},\"requestContext\":{\"http\":{\"method\":\"POST\",\"path\":\"/internal/sweep\"}},\"isBase64Encoded\":false}");
        for (var invocations : List.of("SweepInvocations", "OtherInvocations")) {
            assertThat(template.property(invocations, "MaximumRetryAttempts")).isEqualTo(0);
            assertThat(template.property(invocations, "MaximumEventAgeInSeconds"))
                    .isEqualTo(60);
        }
        assertThat(template.property("SweepSchedule", "Target", "RetryPolicy", "MaximumRetryAttempts"))
                .isEqualTo(0);
    }

    @Test
    void reservesNoConcurrencyWhereNoneIsToBeReserved() {
        assertThat(template.property("FunctionFromZip").toString()).contains("ReservedConcurrentExecutions=40");
        var unreserved = Template.deployed(with("ReservedConcurrency", "0"));
        assertThat(unreserved.property("FunctionFromZip").toString()).doesNotContain("ReservedConcurrentExecutions");
    }

    @Test
    void handsEverythingToTheImagesFunctionWhereThatIsChosen() {
        var image = Template.deployed(with("Package", "image"));

        assertThat(image.property("Url", "TargetFunctionArn").toString()).endsWith(":FunctionFromImage");
        assertThat(image.property("SweepAlias", "FunctionName")).isEqualTo("FunctionFromImage");
        assertThat(image.property("NoSweep", "Metrics").toString()).contains("Value=FunctionFromImage:sweep");
    }

    @Test
    void allowsSchedulerNothingButTheSweep() {
        assertThat(template.policy("SchedulerPolicy").statements())
                .extracting(Statement::actions, Statement::resources)
                .containsExactly(
                        tuple(List.of("lambda:InvokeFunction"), List.of("SweepAlias")),
                        tuple(
                                List.of("sqs:SendMessage"),
                                List.of("arn:aws:sqs:eu-west-1:123456789012:FailedHandOvers")));
    }

    private static Map<String, String> with(String parameter, String value) {
        var parameters = new HashMap<>(NEEDED);
        parameters.put(parameter, value);
        return parameters;
    }
}
