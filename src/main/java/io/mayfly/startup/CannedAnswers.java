package io.mayfly.startup;

import io.mayfly.priming.Primed.CannedAnswer;

/** What is primed with: answers of the services, and an event of GitHub's that asks nothing of anybody. */
final class CannedAnswers {

    private static final String INSTANCE = """
            <item><instanceId>i-0</instanceId><instanceState><code>0</code><name>pending</name></instanceState>\
            <instanceType>t3.micro</instanceType><launchTime>2026-01-01T00:00:00.000Z</launchTime>\
            <subnetId>subnet-0</subnetId><tagSet><item><key>Name</key><value>x</value></item></tagSet></item>""";

    static final CannedAnswer RUN_INSTANCES = xml("""
            <RunInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>0</requestId>\
            <reservationId>r-0</reservationId><instancesSet>%s</instancesSet></RunInstancesResponse>""".formatted(INSTANCE));

    static final CannedAnswer DESCRIBE_INSTANCES = xml("""
            <DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>0</requestId>\
            <reservationSet><item><reservationId>r-0</reservationId><instancesSet>%s</instancesSet></item></reservationSet>\
            </DescribeInstancesResponse>""".formatted(INSTANCE));

    static final CannedAnswer RUNNER =
            new CannedAnswer("application/json; charset=utf-8", "{\"runner\":{\"id\":1,\"name\":\"x\"}}");

    static final CannedAnswer CALLER = new CannedAnswer("application/json", """
            {"GetCallerIdentityResponse":{"GetCallerIdentityResult":{"Account":"0","Arn":"x","UserId":"x"}}}""");

    private CannedAnswers() {}

    /**
     * A job that has begun on a runner of this name, as GitHub tells it. Of all events this one makes the function read the
     * most without acting on it: an answer and a line of metrics are all that it ever leads to.
     */
    static String inProgress(String runner) {
        return """
                {"action":"in_progress","workflow_job":{"id":1,"run_attempt":1,"status":"in_progress","labels":["x"],\
                "workflow_name":"x","created_at":"2026-01-01T00:00:00Z","started_at":"2026-01-01T00:00:01Z",\
                "runner_id":1,"runner_name":"%s"},"repository":{"full_name":"x/x","private":true},\
                "organization":{"login":"x"},"installation":{"id":1}}""".formatted(runner);
    }

    private static CannedAnswer xml(String body) {
        return new CannedAnswer("text/xml;charset=UTF-8", body);
    }
}
