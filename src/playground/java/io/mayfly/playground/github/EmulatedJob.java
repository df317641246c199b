package io.mayfly.playground.github;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A job of a workflow run.
 *
 * @param repository {@code owner/name}
 * @param status as the API says it: queued, in_progress, completed, waiting
 * @param runner that has or had it
 */
public record EmulatedJob(
        long id,
        long runId,
        int runAttempt,
        String repository,
        String name,
        List<String> labels,
        String status,
        @Nullable String conclusion,
        @Nullable EmulatedRunner runner,
        Instant createdAt,
        @Nullable Instant startedAt,
        @Nullable Instant completedAt) {

    /** A queued job, the only one of its run. */
    public static EmulatedJob queued(long id, String repository, List<String> labels, Instant createdAt) {
        return new EmulatedJob(
                id, id + 500_000, 1, repository, "build", labels, "queued", null, null, createdAt, null, null);
    }

    public EmulatedJob inRun(long run, int attempt) {
        return new EmulatedJob(
                id,
                run,
                attempt,
                repository,
                name,
                labels,
                status,
                conclusion,
                runner,
                createdAt,
                startedAt,
                completedAt);
    }

    EmulatedJob inRepository(String value) {
        return new EmulatedJob(
                id,
                runId,
                runAttempt,
                value,
                name,
                labels,
                status,
                conclusion,
                runner,
                createdAt,
                startedAt,
                completedAt);
    }

    public EmulatedJob named(String value) {
        return new EmulatedJob(
                id,
                runId,
                runAttempt,
                repository,
                value,
                labels,
                status,
                conclusion,
                runner,
                createdAt,
                startedAt,
                completedAt);
    }

    EmulatedJob begun(EmulatedRunner by, Instant now) {
        return new EmulatedJob(
                id, runId, runAttempt, repository, name, labels, "in_progress", null, by, createdAt, now, null);
    }

    EmulatedJob requeued() {
        return new EmulatedJob(
                id, runId, runAttempt, repository, name, labels, "queued", null, null, createdAt, null, null);
    }

    EmulatedJob ended(String how, Instant now) {
        return new EmulatedJob(
                id, runId, runAttempt, repository, name, labels, "completed", how, runner, createdAt, startedAt, now);
    }

    public String owner() {
        return repository.substring(0, repository.indexOf('/'));
    }

    /** The job as the API and the {@code workflow_job} event show it. */
    Map<String, @Nullable Object> json() {
        String api = "https://api.github.invalid/repos/" + repository;
        String page = "https://github.invalid/" + repository + "/actions/runs/" + runId;
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("id", id);
        json.put("run_id", runId);
        json.put("workflow_name", "CI");
        json.put("head_branch", "main");
        json.put("run_url", api + "/actions/runs/" + runId);
        json.put("run_attempt", runAttempt);
        json.put("node_id", "CR_" + id);
        json.put("head_sha", "%040x".formatted(runId));
        json.put("url", api + "/actions/jobs/" + id);
        json.put("html_url", page + "/job/" + id);
        json.put("status", status);
        json.put("conclusion", conclusion);
        json.put("created_at", time(createdAt));
        json.put("started_at", time(Objects.requireNonNullElse(startedAt, createdAt)));
        json.put("completed_at", completedAt == null ? null : time(completedAt));
        json.put("name", name);
        json.put("steps", List.of());
        json.put("check_run_url", api + "/check-runs/" + id);
        json.put("labels", labels);
        putRunner(json);
        return json;
    }

    /** Nulls while it waits; 0 and empty when it ended without a runner (actions/runner issue 4684). */
    private void putRunner(Map<String, @Nullable Object> json) {
        boolean over = status.equals("completed");
        if (runner == null) {
            json.put("runner_id", over ? 0 : null);
            json.put("runner_name", over ? "" : null);
            json.put("runner_group_id", over ? 0 : null);
            json.put("runner_group_name", over ? "" : null);
        } else {
            json.put("runner_id", runner.id());
            json.put("runner_name", runner.name());
            json.put("runner_group_id", runner.groupId());
            json.put("runner_group_name", "Default");
        }
    }

    static String time(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
