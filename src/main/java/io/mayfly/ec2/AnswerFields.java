package io.mayfly.ec2;

import java.util.Set;

/** The fields of EC2's answers. */
public final class AnswerFields {

    /** What is read, and what it stands in, by the names of the elements. The rest does not even come to the SDK. */
    public static final Set<String> IN_USE = Set.of(
            "clientToken",
            "code",
            "instanceId",
            "instanceLifecycle",
            "instanceState",
            "instanceType",
            "instancesSet",
            "item",
            "key",
            "launchTime",
            "message",
            "name",
            "nextToken",
            "output",
            "ownerId",
            "reservationSet",
            "stateReason",
            "tagSet",
            "value");

    private AnswerFields() {}
}
