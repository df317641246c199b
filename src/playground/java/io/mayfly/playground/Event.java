package io.mayfly.playground;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;

/**
 * What GitHub tells the function.
 *
 * @param job it is about; 0 for none
 * @param guid of all attempts to deliver it, as {@code X-GitHub-Delivery}
 * @param name as {@code X-GitHub-Event}
 * @param action empty for an event that has none
 */
record Event(long job, String guid, String name, String action, String payload) {

    static final String WORKFLOW_JOB = "workflow_job";

    static Event ofJob(long job, String guid, String action, String payload) {
        return new Event(job, guid, WORKFLOW_JOB, action, payload);
    }

    /** What is in the log of deliveries. */
    static Event of(String guid, String name, String action, String payload) {
        long job = name.equals(WORKFLOW_JOB)
                ? json(payload).path("workflow_job").path("id").asLong()
                : 0;
        return new Event(job, guid, name, action, payload);
    }

    boolean isQueued() {
        return name.equals(WORKFLOW_JOB) && action.equals("queued");
    }

    JsonNode json() {
        return json(payload);
    }

    private static JsonNode json(String payload) {
        return Json.object(payload).orElse(MissingNode.getInstance());
    }

    /** For people. */
    String told() {
        return job == 0 ? (name + " " + action).strip() : action + " for job " + job;
    }
}
