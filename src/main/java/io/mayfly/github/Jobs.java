package io.mayfly.github;

import com.fasterxml.jackson.databind.JsonNode;
import io.mayfly.http.Answer;
import io.mayfly.time.Deadline;
import io.mayfly.time.TimeLimits;
import jakarta.inject.Singleton;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;

/** The jobs of workflow runs. */
@Singleton
public class Jobs {

    /** Where jobs wait or run: jobs are queued also in runs of which other jobs run already. */
    private static final List<String> UNFINISHED = List.of("queued", "in_progress");

    /** How far a turn moves on: about as many as a look has calls for. */
    private static final int RUNS_IN_A_TURN = 10;

    private final GitHubClient github;
    private final GitHubAnswers answers;
    private final TimeLimits limits;

    Jobs(GitHubClient github, GitHubAnswers answers, TimeLimits limits) {
        this.github = github;
        this.answers = answers;
        this.limits = limits;
    }

    /**
     * A job's {@code status} as of now: queued, in_progress, completed, waiting, requested or pending; "unknown" when
     * GitHub has no such job.
     *
     * @param scope whose permissions the token shall have
     */
    public String status(String repository, long id, Scope scope, long installation, Deadline deadline) {
        var path = "/repos/" + repository + "/actions/jobs/" + id;
        var answer = get(path, scope, installation, deadline);
        if (answer.status() == 404) {
            return "unknown";
        }
        return text(read(answer, path), "status", path, answer);
    }

    /**
     * The jobs of a repository that wait or run: those of the latest attempt of each of its unfinished runs. Where the
     * calls do not suffice for all runs, the oldest queued ones come first, then those in progress that are next by turn.
     *
     * @param scope whose permissions the token shall have
     * @param turn counts up from look to look
     */
    public UnfinishedJobs unfinished(String repository, Scope scope, long installation, long turn, Deadline deadline) {
        var jobs = new ArrayList<WorkflowJob>();
        try {
            var queued =
                    runs("queued", repository, scope, installation, deadline).reversed();
            var inProgress = new ArrayList<>(runs("in_progress", repository, scope, installation, deadline));
            inProgress.removeAll(queued);
            Collections.rotate(inProgress, -Math.floorMod(turn * RUNS_IN_A_TURN, Math.max(1, inProgress.size())));
            var runs = new ArrayList<>(queued);
            runs.addAll(inProgress);
            for (var run : runs) {
                read(run, jobs, repository, scope, installation, deadline);
            }
            return new UnfinishedJobs(jobs, true);
        } catch (CallBudgetSpentException e) {
            return new UnfinishedJobs(jobs, false);
        }
    }

    private void read(
            long run, List<WorkflowJob> jobs, String repository, Scope scope, long installation, Deadline deadline) {
        var path = actions(repository) + "/runs/" + run + "/jobs";
        var pages = new Pages();
        while (pages.hasNext()) {
            var answer = get(path + "?filter=latest" + pages.next("&"), scope, installation, deadline);
            for (var listed : pages.read(read(answer, path).path("jobs"))) {
                var status = text(listed, "status", path, answer);
                if (UNFINISHED.contains(status)) {
                    jobs.add(job(listed, repository, status, path, answer));
                }
            }
        }
    }

    /** The runs of a status, the newest first as GitHub lists them; a search shows at most 1,000. */
    private List<Long> runs(String status, String repository, Scope scope, long installation, Deadline deadline) {
        var runs = new LinkedHashSet<Long>();
        var path = actions(repository) + "/runs";
        var pages = new Pages();
        while (pages.hasNext()) {
            var answer = get(path + "?status=" + status + pages.next("&"), scope, installation, deadline);
            for (var listed : pages.read(read(answer, path).path("workflow_runs"))) {
                runs.add(number(listed, "id", path, answer));
            }
        }
        return List.copyOf(runs);
    }

    private WorkflowJob job(JsonNode node, String repository, String status, String path, Answer answer) {
        var labels = new ArrayList<String>();
        node.path("labels").forEach(label -> labels.add(label.asText()));
        try {
            return new WorkflowJob(
                    number(node, "id", path, answer),
                    repository,
                    Math.max(1, node.path("run_attempt").asLong(1)),
                    status,
                    labels,
                    Instant.parse(text(node, "created_at", path, answer)),
                    node.path("runner_id").asLong(0),
                    node.path("html_url").asText(""));
        } catch (DateTimeException e) {
            throw answers.notUnderstood("GET " + path, answer);
        }
    }

    private Answer get(String path, Scope scope, long installation, Deadline deadline) {
        return github.call("GET", path, GitHubHttp.NO_BODY, installation, scope, limits.lookup(), deadline);
    }

    private JsonNode read(Answer answer, String path) {
        if (answer.status() != 200) {
            throw answers.refused(answer, "GET " + path, "actions: read");
        }
        return answers.json(answer, "GET " + path);
    }

    private String text(JsonNode node, String field, String path, Answer answer) {
        var value = node.path(field);
        if (!value.isTextual()) {
            throw answers.notUnderstood("GET " + path, answer);
        }
        return value.asText();
    }

    private long number(JsonNode node, String field, String path, Answer answer) {
        var value = node.path(field);
        if (!value.canConvertToLong() || value.asLong() <= 0) {
            throw answers.notUnderstood("GET " + path, answer);
        }
        return value.asLong();
    }

    private static String actions(String repository) {
        return "/repos/" + repository + "/actions";
    }
}
