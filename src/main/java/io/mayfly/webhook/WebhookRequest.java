package io.mayfly.webhook;

import io.mayfly.invocation.LambdaInvocation;
import io.mayfly.time.Deadline;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One delivery: GitHub's own headers, and, once it has been read, the event in it. */
final class WebhookRequest {

    private static final Pattern GUID = Pattern.compile("[0-9A-Za-z-]{1,64}");

    private final LambdaInvocation invocation;
    private @Nullable WorkflowJobEvent event;

    WebhookRequest(LambdaInvocation invocation) {
        this.invocation = invocation;
    }

    /** What it says of its sender; null where that is missing. */
    @Nullable
    String signature() {
        return invocation.header("x-hub-signature-256");
    }

    /** The name of the event; null where it is missing. */
    @Nullable
    String eventName() {
        return invocation.header("x-github-event");
    }

    /** GitHub's id, the same for all attempts; null where it is none. */
    @Nullable
    String guid() {
        var guid = invocation.header("x-github-delivery");
        return guid != null && GUID.matcher(guid).matches() ? guid : null;
    }

    /** From here on its own words may be logged. */
    void verified() {
        var guid = guid();
        if (guid != null) {
            invocation.log("delivery", guid);
        }
    }

    /** What it turned out to be about. */
    void isAbout(WorkflowJobEvent value) {
        event = value;
    }

    /** What it is about; null where it was refused, or is about something else than a job. */
    @Nullable
    WorkflowJobEvent event() {
        return event;
    }

    String id() {
        return invocation.id();
    }

    /** How long ago it arrived. */
    Duration age() {
        return invocation.age();
    }

    Deadline deadline(Duration limit) {
        return invocation.deadline(limit);
    }
}
