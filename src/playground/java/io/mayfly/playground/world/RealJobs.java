package io.mayfly.playground.world;

import com.fasterxml.jackson.databind.JsonNode;
import io.mayfly.playground.aws.EmulatedInstances;
import io.mayfly.playground.board.Board;
import io.mayfly.playground.board.JobRow;
import io.mayfly.playground.board.Step;
import io.mayfly.playground.github.WebhookEvent;
import java.time.DateTimeException;
import java.time.Instant;

/** The rows of jobs that a real GitHub has: what becomes of them is known from its events alone. */
final class RealJobs {

    private RealJobs() {}

    /** Draws what an event says that has happened. */
    static void follow(WebhookEvent event, Board board) {
        if (event.job() == 0) {
            return;
        }
        JsonNode job = event.json().path("workflow_job");
        if (!board.has(event.job())) {
            board.add(row(event, job, board));
        }
        String runner = job.path("runner_name").asText("");
        switch (event.action()) {
            case "in_progress" ->
                reached(event.job(), Step.Stage.RUNNING, "running", runner.isEmpty() ? "" : "on " + runner, board);
            case "completed" ->
                reached(
                        event.job(),
                        Step.Stage.COMPLETED,
                        "completed",
                        job.path("conclusion").asText(""),
                        board);
            default -> {
                // How far a queued job comes shows in the calls that are made for it.
            }
        }
    }

    /** Ends the row of a job that is over and has no instance any more. */
    static void settle(long job, Board board, EmulatedInstances instances) {
        if (hasInstance(job, instances)) {
            return;
        }
        board.change(job, (row, now) -> {
            if (row.state().equals("completed")) {
                row.step(Step.Stage.ENDED, Step.Kind.DONE, row.hasInstance() ? "" : "no instance was launched", now);
                row.state("ended");
            }
        });
    }

    private static boolean hasInstance(long job, EmulatedInstances instances) {
        return instances.live().stream()
                .anyMatch(instance -> String.valueOf(job).equals(instance.tags().get("mayfly:job")));
    }

    private static void reached(long job, Step.Stage stage, String state, String note, Board board) {
        board.change(job, (row, now) -> {
            if (!row.state().equals(JobRow.IGNORED) && !row.ended()) {
                row.step(stage, Step.Kind.DONE, note, now);
                row.state(state);
            }
        });
    }

    private static JobRow row(WebhookEvent event, JsonNode job, Board board) {
        return new JobRow(
                event.job(),
                job.path("run_id").asLong(),
                job.path("name").asText(""),
                event.json().path("repository").path("full_name").asText(""),
                createdAt(job, board.now()));
    }

    /** By GitHub's clock, but no time to come. */
    private static Instant createdAt(JsonNode job, Instant now) {
        try {
            Instant created = Instant.parse(job.path("created_at").asText());
            return created.isBefore(now) ? created : now;
        } catch (DateTimeException e) {
            return now;
        }
    }
}
