package io.mayfly.github;

import io.mayfly.http.Answer;
import io.mayfly.outcome.UnavailableException;
import io.mayfly.time.Deadline;
import io.mayfly.time.TimeLimits;
import jakarta.inject.Singleton;

/** Workflow runs. */
@Singleton
public class Runs {

    private final GitHubClient github;
    private final GitHubAnswers answers;
    private final TimeLimits limits;

    Runs(GitHubClient github, GitHubAnswers answers, TimeLimits limits) {
        this.github = github;
        this.answers = answers;
        this.limits = limits;
    }

    /**
     * Whether a run is over: cancelled, for instance. None of its jobs waits then.
     *
     * @param at whose permissions the token shall have
     * @throws UnavailableException when GitHub does not say
     */
    public boolean isOver(RepositoryName repository, long run, InstalledScope at, Deadline deadline) {
        var path = ApiPath.of("repos", repository.owner(), repository.name(), "actions")
                .slash("runs", run);
        var answer = github.call("GET", path, GitHubHttp.NO_BODY, at, limits.lookup(), deadline);
        return answers.read(good(answer, path), "GET " + path.place(), fields -> fields.neededText("status"))
                .equals("completed");
    }

    private Answer good(Answer answer, ApiPath path) {
        if (answer.status() != 200) {
            throw answers.refused(answer, "GET " + path.place());
        }
        return answer;
    }
}
