package io.mayfly.playground.github;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.mayfly.playground.wire.Json;

/**
 * What GitHub tells the function.
 *
 * @param job it is about; 0 for none
 * @param guid of all attempts to deliver it, as {@code X-GitHub-Delivery}
 * @param name as {@code X-GitHub-Event}
 * @param action empty for an event that has none
 */
public record WebhookEvent(long job, String guid, String name, String action, String payload) {

    public static final String WORKFLOW_JOB = "workflow_job";

    public static WebhookEvent ofJob(long job, String guid, String action, String payload) {
        return new WebhookEvent(job, guid, WORKFLOW_JOB, action, payload);
    }

    /** What is in the log of deliveries. */
    public static WebhookEvent of(String guid, String name, String action, String payload) {
        long job = name.equals(WORKFLOW_JOB)
                ? json(payload).path("workflow_job").path("id").asLong()
                : 0;
        return new WebhookEvent(job, guid, name, action, payload);
    }

    public boolean isQueued() {
        return name.equals(WORKFLOW_JOB) && action.equals("queued");
    }

    public JsonNode json() {
        return json(payload);
    }

    private static JsonNode json(String payload) {
        return Json.object(payload).orElse(MissingNode.getInstance());
    }

    /** For people. */
    public String told() {
        return job == 0 ? (name + " " + action).strip() : action + " for job " + job;
    }
}
