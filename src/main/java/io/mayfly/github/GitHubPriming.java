package io.mayfly.github;

import io.mayfly.time.Deadline;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.InstantSource;

/** A call to GitHub without a token: what is minted is kept for those who come later. */
@Singleton
public class GitHubPriming {

    private final GitHubHttp http;
    private final GitHubAnswers answers;
    private final InstantSource clock;

    GitHubPriming(GitHubHttp http, GitHubAnswers answers, InstantSource clock) {
        this.http = http;
        this.answers = answers;
        this.clock = clock;
    }

    /** Asks for a runner and reads the answer. */
    public void askForARunner(Duration limit) {
        var path = ApiPath.of("repos", "x", "x", "actions", "runners", 1);
        var answer = http.send("GET", path, Caller.APP, "x", GitHubHttp.NO_BODY, limit, Deadline.in(limit, clock));
        answers.read(answer, "priming", fields -> fields.child("runner").idOrNone("id"));
    }
}
