package io.mayfly.github;

import io.mayfly.http.Answer;
import io.mayfly.json.JsonFields;
import io.mayfly.time.Deadline;
import io.mayfly.time.TimeLimits;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The jobs of workflow runs. */
@Singleton
public class Jobs {

    private static final String COMPLETED = "completed";
    private static final int SHOWN_OF_A_URL = 300;

    private final GitHubClient github;
    private final GitHubAnswers answers;
    private final TimeLimits limits;

    Jobs(GitHubClient github, GitHubAnswers answers, TimeLimits limits) {
        this.github = github;
        this.answers = answers;
        this.limits = limits;
    }

    /**
     * The jobs of a repository that wait or run: those of the latest attempt of each of its unfinished runs. A run's state is no
     * witness of its jobs': they are queued also in runs of which others run, or wait for an approval.
     *
     * @param at whose permissions the token shall have
     * @param turn counts up from look to look
     * @param thorough whether each state is asked for; else those that are likely, and one of the others by turn
     */
    public UnfinishedJobs unfinished(
            RepositoryName repository, InstalledScope at, long turn, boolean thorough, Deadline deadline) {
        var jobs = new ArrayList<WorkflowJob>();
        var runs = new UnfinishedRuns(turn);
        try {
            runs.find(thorough, path -> runs(path, actions(repository), at, deadline));
            var whole = runs.areAll();
            for (var run : runs.inTurn()) {
                whole &= read(run, jobs, repository, at, deadline);
            }
            return new UnfinishedJobs(jobs, whole, false);
        } catch (CallBudgetSpentException e) {
            return new UnfinishedJobs(jobs, false, true);
        }
    }

    /**
     * The jobs of a run that wait for a runner.
     *
     * @param at whose permissions the token shall have
     */
    public List<WorkflowJob> queued(RepositoryName repository, long run, InstalledScope at, Deadline deadline) {
        var jobs = new ArrayList<WorkflowJob>();
        read(run, jobs, repository, at, deadline);
        return jobs.stream().filter(WorkflowJob::isQueued).toList();
    }

    private GitHubAnswers.Page<UnfinishedRuns.Run> runs(
            UnfinishedRuns.Query query, ApiPath actions, InstalledScope at, Deadline deadline) {
        var path = query.of(actions.slash("runs"));
        var answer = good(get(path, at, limits.list(), deadline), path);
        return answers.list(answer, "GET " + path, "workflow_runs", fields -> {
            var status = fields.text("status");
            return new UnfinishedRuns.Run(fields.neededId("id"), status == null ? "" : status);
        });
    }

    /** False: not all of the run's jobs were understood. */
    private boolean read(
            long run, List<WorkflowJob> jobs, RepositoryName repository, InstalledScope at, Deadline deadline) {
        var path = actions(repository).slash("runs", run, "jobs");
        var pages = new Pages();
        while (pages.hasNext()) {
            var answer = good(get(pages.next(path.with("filter", "latest")), at, limits.list(), deadline), path);
            pages
                    .read(answers.list(answer, "GET " + path, "jobs", fields -> job(fields, run, repository)))
                    .entries()
                    .stream()
                    .filter(job -> !job.status().equals(COMPLETED))
                    .forEach(jobs::add);
        }
        return pages.areWhole();
    }

    private static WorkflowJob job(JsonFields fields, long run, RepositoryName repository) {
        var runner = fields.idOrNone("runner_id");
        var url = fields.text("html_url");
        return new WorkflowJob(
                fields.neededId("id"),
                run,
                repository,
                fields.neededText("status"),
                fields.texts("labels"),
                fields.neededInstant("created_at"),
                runner == 0 ? null : new RunnerId(runner),
                url == null ? "" : url.substring(0, Math.min(url.length(), SHOWN_OF_A_URL)));
    }

    private Answer get(ApiPath path, InstalledScope at, Duration limit, Deadline deadline) {
        return github.call("GET", path, GitHubHttp.NO_BODY, at, limit, deadline);
    }

    private Answer good(Answer answer, ApiPath path) {
        if (answer.status() != 200) {
            throw answers.refused(answer, "GET " + path.place());
        }
        return answer;
    }

    private static ApiPath actions(RepositoryName repository) {
        return ApiPath.of("repos", repository.owner(), repository.name(), "actions");
    }
}
