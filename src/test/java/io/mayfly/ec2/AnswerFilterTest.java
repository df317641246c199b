package io.mayfly.ec2;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.mayfly.aws.FakeAws;
import io.mayfly.metrics.Measurements;
import io.mayfly.outcome.ConfigurationException;
import io.mayfly.outcome.UnavailableException;
import io.mayfly.time.Deadline;
import io.mayfly.time.TimeLimits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerFilterTest {

    private static final Map<String, String> TAGS = Map.of("mayfly:deployment", "default");

    private static final LaunchRequest LAUNCH = new LaunchRequest(
            List.of("default", "linux", "1"),
            1,
            "ami-1",
            new LaunchRequest.RootVolume("/dev/sda1", 8),
            new LaunchRequest.Access(List.of("sg-1"), null, null, false),
            Map.of("Name", "x"),
            "#!/bin/sh");

    private final FakeAws aws = new FakeAws();
    private final Instances instances = new Instances(aws.clients(), TimeLimits.DEFAULT, new Measurements());

    private static Deadline deadline() {
        return Deadline.in(Duration.ofSeconds(9), InstantSource.system());
    }

    private List<Instance> described() {
        return instances.withTags(TAGS, deadline());
    }

    private LaunchResult launch() {
        return instances.launch(LAUNCH, new Offering("t3.micro", "subnet-1", CapacityType.SPOT), deadline());
    }

    private static byte[] resource(String name) {
        try (var in = AnswerFilterTest.class.getResourceAsStream(name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] compressed(byte[] plain) {
        var compressed = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(compressed)) {
            gzip.write(plain);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return compressed.toByteArray();
    }

    private static void assertTheTwo(List<Instance> instances) {
        assertThat(instances)
                .containsExactly(
                        new Instance(
                                "i-0000000000abc0000",
                                "123456789012",
                                "running",
                                Instant.parse("2026-11-29T22:00:00Z"),
                                "c7i.xlarge",
                                CapacityType.SPOT,
                                tags(0),
                                StateReason.NONE),
                        new Instance(
                                "i-0000000000abc0001",
                                "123456789012",
                                "terminated",
                                Instant.parse("2026-11-29T22:00:00Z"),
                                "c7i.xlarge",
                                CapacityType.SPOT,
                                tags(1),
                                new StateReason(
                                        "Server.SpotInstanceTermination",
                                        "Server.SpotInstanceTermination: Spot instance termination")));
    }

    private static Map<String, String> tags(int number) {
        return Map.of(
                "Name", "mayfly-3000000000" + number + "-1",
                "mayfly:deployment", "default",
                "mayfly:pool", "linux-x64",
                "mayfly:scope", "repos/octocat/repo-0",
                "mayfly:repository", "octocat/repo-0",
                "mayfly:installation", "1",
                "mayfly:job", "3000000000" + number,
                "mayfly:runner", "mayfly-3000000000" + number + "-1",
                "mayfly:runner-id", "100" + number,
                "aws:ec2spot:fleet-request-id", "x");
    }

    @Test
    void leavesAllOfAnInstanceThatIsRead() {
        aws.answers(200, Map.of(), resource("two-instances.xml"));

        assertTheTwo(described());
    }

    @Test
    void leavesMostOfAnInstanceOut() {
        var whole = resource("two-instances.xml");

        var cut = AnswerFilter.cut(whole, "DescribeInstancesResponse");

        assertThat(new String(cut, UTF_8))
                .contains("mayfly:deployment", "i-0000000000abc0001")
                .doesNotContain("requestId", "networkInterface", "eni-", "blockDevice", "10.84.");
    }

    @Test
    void leavesToTheSdkWhatIsCompressed() {
        aws.answers(200, Map.of("content-encoding", "gzip"), compressed(resource("two-instances.xml")));

        assertTheTwo(described());
    }

    @Test
    void readsPrefixes() {
        aws.answers(200, """
                <e:DescribeInstancesResponse xmlns:e="http://ec2.amazonaws.com/doc/2016-11-15/"><e:reservationSet><e:item>
                <e:instancesSet><e:item><e:vpcId>vpc-1</e:vpcId><e:instanceId>i-1</e:instanceId><e:instanceState>
                <e:name>running</e:name></e:instanceState><e:launchTime>2026-11-29T22:00:00.000Z</e:launchTime></e:item>
                </e:instancesSet></e:item></e:reservationSet></e:DescribeInstancesResponse>""");

        assertThat(described()).extracting(Instance::id).containsExactly("i-1");
    }

    @Test
    void goesOnToTheNextPage() {
        var page = new String(resource("two-instances.xml"), UTF_8);
        aws.answers(200, page.replace("</reservationSet>", "</reservationSet><nextToken>eyJ2IjoiMiJ9&amp;</nextToken>"))
                .answers(200, page);

        assertThat(described()).hasSize(4);
        assertThat(new String(aws.requests().getLast().body(), UTF_8)).contains("NextToken=eyJ2IjoiMiJ9%26");
    }

    @Test
    void leavesTheAnswersOfTheOtherCalls() {
        aws.answers(200, """
                        <RunInstancesResponse><requestId>r</requestId><reservationId>r-1</reservationId><groupSet/><instancesSet>
                        <item><instanceId>i-1</instanceId><imageId>ami-1</imageId></item></instancesSet></RunInstancesResponse>""")
                .answers(200, """
                        <TerminateInstancesResponse><instancesSet><item><instanceId>i-1</instanceId><currentState>
                        <name>shutting-down</name></currentState></item></instancesSet></TerminateInstancesResponse>""")
                .answers(200, """
                        <GetConsoleOutputResponse><instanceId>i-1</instanceId><timestamp>2026-11-29T22:00:00.000Z</timestamp>
                        <output>aGVsbG8=</output></GetConsoleOutputResponse>""")
                .answers(200, "<CreateTagsResponse><requestId>r</requestId><return>true</return></CreateTagsResponse>");

        assertThat(launch()).isEqualTo(new LaunchResult.Launched(List.of("i-1")));
        assertThat(instances.terminate("i-1", deadline())).isTrue();
        assertThat(instances.consoleOutput("i-1", deadline())).isEqualTo("hello");
        instances.tag("i-1", Map.of("a", "b"), deadline());
        assertThat(aws.requests()).hasSize(4);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "<html><body>please log in</body></html>",
                "<DescribeInstancesResponse>",
                "<DescribeInstancesResponse><reservationSet><item><instancesSet><item><vpcId>vpc-1</vpcI",
                "<DescribeInstancesResponse/><DescribeInstancesResponse/>",
                "<RunInstancesResponse/>",
                "<!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]><DescribeInstancesResponse/>",
                "<DescribeInstancesResponse>&y;</DescribeInstancesResponse>",
                "<DescribeInstancesResponse><vpcId>\0</vpcId></DescribeInstancesResponse>",
            })
    void takesNoBrokenAnswerForAShorterList(String body) {
        aws.answers(200, body);

        assertThatExceptionOfType(UnavailableException.class)
                .isThrownBy(this::described)
                .withMessage("EC2 did not answer DescribeInstances");
        assertThat(aws.requests()).hasSize(1);
    }

    @Test
    void takesNoBrokenAnswerForARefusedLaunch() {
        aws.answers(200, "<RunInstancesResponse><instancesSet>");

        assertThat(launch()).isEqualTo(new LaunchResult.Unanswered("EC2 did not answer RunInstances"));
    }

    @Test
    void leavesErrorsAsTheyAre() {
        var error = """
                <?xml version="1.0" encoding="UTF-8"?>
                <Response><Errors><Error><Code>%s</Code><Message>Why &amp; how</Message></Error></Errors>\
                <RequestID>ea966190-f9aa-478e-9ede-example</RequestID></Response>""";
        aws.answers(503, error.formatted("RequestLimitExceeded"))
                .answers(403, error.formatted("UnauthorizedOperation"))
                .answers(500, error.formatted("InsufficientInstanceCapacity"));

        assertThatExceptionOfType(UnavailableException.class)
                .isThrownBy(this::described)
                .withMessage("EC2 throttled DescribeInstances: RequestLimitExceeded"
                        + " (request ea966190-f9aa-478e-9ede-example): Why & how");
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(this::described)
                .withMessageContaining("UnauthorizedOperation (request ea966190-f9aa-478e-9ede-example): Why & how");
        assertThat(launch())
                .isInstanceOfSatisfying(
                        LaunchResult.Refused.class,
                        refused -> assertThat(refused.kind()).isEqualTo(Ec2Error.CAPACITY));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "502 Bad Gateway", "<html>", "<html><body>502</body></html>", "<Response><Errors>"})
    void bearsErrorsThatSayNothing(String body) {
        aws.answers(502, body);

        assertThatExceptionOfType(UnavailableException.class)
                .isThrownBy(this::described)
                .withMessageStartingWith("EC2 failed on DescribeInstances: ");
    }
}
