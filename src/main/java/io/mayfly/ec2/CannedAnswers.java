package io.mayfly.ec2;

import io.mayfly.http.Answer;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Answers in the shape of EC2's, for calls that are rehearsed. */
final class CannedAnswers {

    private static final String INSTANCE = """
            <item><instanceId>i-0</instanceId><imageId>ami-0</imageId>\
            <instanceState><code>0</code><name>pending</name></instanceState><instanceType>t3.micro</instanceType>\
            <launchTime>2026-01-01T00:00:00.000Z</launchTime><placement><availabilityZone>x</availabilityZone></placement>\
            <subnetId>subnet-0</subnetId><tagSet><item><key>Name</key><value>x</value></item></tagSet></item>""";

    static final Answer RUN_INSTANCES = answer("""
            <RunInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>0</requestId>\
            <reservationId>r-0</reservationId><instancesSet>%s</instancesSet></RunInstancesResponse>""".formatted(INSTANCE));

    static final Answer DESCRIBE_INSTANCES = answer("""
            <DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>0</requestId>\
            <reservationSet><item><reservationId>r-0</reservationId><instancesSet>%s</instancesSet></item></reservationSet>\
            </DescribeInstancesResponse>""".formatted(INSTANCE));

    private CannedAnswers() {}

    private static Answer answer(String xml) {
        return new Answer(200, Map.of("content-type", "text/xml;charset=UTF-8"), xml.getBytes(StandardCharsets.UTF_8));
    }
}
