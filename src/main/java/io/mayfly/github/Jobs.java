package io.mayfly.github;

import io.mayfly.config.Deadline;
import io.mayfly.config.TimeLimits;
import jakarta.inject.Singleton;

/** The jobs of workflow runs. */
@Singleton
public class Jobs {

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
        var answer = github.call("GET", path, new byte[0], installation, scope, limits.lookup(), deadline);
        if (answer.status() == 404) {
            return "unknown";
        }
        if (answer.status() != 200) {
            throw answers.refused(answer, "GET " + path, "actions: read");
        }
        var status = answers.json(answer, "GET " + path).path("status");
        if (!status.isTextual()) {
            throw answers.notUnderstood("GET " + path, answer);
        }
        return status.asText();
    }
}
