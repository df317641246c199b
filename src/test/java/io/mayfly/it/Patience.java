package io.mayfly.it;

import io.mayfly.time.TimeLimits;
import java.time.Duration;

/** Limits of calls for tests, whose truth must not depend on how fast the machine is. */
final class Patience {

    /** Longer than anything takes that comes to an end. */
    private static final Duration ENOUGH = Duration.ofMinutes(3);

    /** For a call that is known to hang. */
    private static final Duration NONE = Duration.ofMillis(300);

    /** More than {@link #withListsOnly()} has for an event's calls. */
    static final Duration LONGER_THAN_AN_EVENT_WAITS = Duration.ofMillis(100);

    private static final Duration AN_EVENT_WAITS = Duration.ofMillis(20);

    private Patience() {}

    /** The waits of production, and time enough for every call. */
    static TimeLimits withAll() {
        var production = TimeLimits.DEFAULT;
        return limits("", production.webhook(), production.claim());
    }

    /** Time enough for all, but for one kind of call. */
    static TimeLimits withAllBut(String call) {
        return limits(call, ENOUGH, ENOUGH);
    }

    /** None for any call of an event, and time enough for the lists of a sweep. */
    static TimeLimits withListsOnly() {
        return new TimeLimits(
                AN_EVENT_WAITS,
                ENOUGH,
                ENOUGH,
                AN_EVENT_WAITS,
                AN_EVENT_WAITS,
                AN_EVENT_WAITS,
                AN_EVENT_WAITS,
                AN_EVENT_WAITS,
                ENOUGH,
                AN_EVENT_WAITS,
                AN_EVENT_WAITS,
                AN_EVENT_WAITS,
                AN_EVENT_WAITS,
                AN_EVENT_WAITS);
    }

    private static TimeLimits limits(String hanging, Duration webhook, Duration claim) {
        return new TimeLimits(
                webhook,
                limit("GetParameters", hanging),
                limit("token", hanging),
                limit("generate-jitconfig", hanging),
                hanging.matches("get-.*|list-.*") ? NONE : ENOUGH,
                limit("delete-runner", hanging),
                limit("RunInstances", hanging),
                limit("DescribeInstances", hanging),
                ENOUGH,
                limit("TerminateInstances", hanging),
                claim,
                limit("GetCallerIdentity", hanging),
                limit("CreateTags", hanging),
                hanging.matches("SendMessage|ReceiveMessage") ? NONE : ENOUGH);
    }

    private static Duration limit(String call, String hanging) {
        return call.equals(hanging) ? NONE : ENOUGH;
    }
}
