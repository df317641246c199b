package io.mayfly.github;

import jakarta.inject.Singleton;
import java.time.Duration;

/** A call to GitHub without a token: what is minted is kept for those who come later. */
@Singleton
public class GitHubPriming {

    private final GitHubHttp http;
    private final GitHubAnswers answers;

    GitHubPriming(GitHubHttp http, GitHubAnswers answers) {
        this.http = http;
        this.answers = answers;
    }

    /** Asks for a runner and reads the answer. */
    public void askForARunner(Duration limit) {
        answers.json(http.send("GET", "/repos/x/x/actions/runners/1", "x", GitHubHttp.NO_BODY, limit), "priming");
    }
}
