package io.mayfly.github;

import io.mayfly.time.Deadline;
import io.mayfly.time.TimeLimits;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;

/** Where the app is installed, and what it reaches there. */
@Singleton
public class Installations {

    private static final String PATH = "/app/installations";
    private static final String REPOSITORIES = "/installation/repositories";

    private final AppJwt jwt;
    private final GitHubHttp http;
    private final GitHubClient github;
    private final GitHubAnswers answers;
    private final TimeLimits limits;

    Installations(AppJwt jwt, GitHubHttp http, GitHubClient github, GitHubAnswers answers, TimeLimits limits) {
        this.jwt = jwt;
        this.http = http;
        this.github = github;
        this.answers = answers;
        this.limits = limits;
    }

    /** All installations of the app. */
    public List<Installation> all(Deadline deadline) {
        var found = new ArrayList<Installation>();
        var pages = new Pages();
        while (pages.hasNext()) {
            var answer = http.send(
                    "GET", PATH + pages.next("?"), jwt.take(), GitHubHttp.NO_BODY, deadline.limit(limits.lookup()));
            if (answer.status() != 200) {
                throw answers.refused(answer, "GET " + PATH, null);
            }
            for (var listed : pages.read(answers.array(answer, "GET " + PATH))) {
                var account = listed.path("account").path("login");
                if (!listed.path("id").canConvertToLong() || !account.isTextual()) {
                    throw answers.notUnderstood("GET " + PATH, answer);
                }
                found.add(new Installation(
                        listed.path("id").asLong(),
                        account.asText(),
                        listed.path("suspended_at").isTextual()));
            }
        }
        return found;
    }

    /**
     * The repositories of an installation that can run workflows.
     *
     * @param permissions of a scope like this one the token shall have
     */
    public List<Repository> repositories(Installation installation, Scope permissions, Deadline deadline) {
        var found = new ArrayList<Repository>();
        var pages = new Pages();
        while (pages.hasNext()) {
            var answer = github.call(
                    "GET",
                    REPOSITORIES + pages.next("?"),
                    GitHubHttp.NO_BODY,
                    installation.id(),
                    permissions,
                    limits.lookup(),
                    deadline);
            if (answer.status() != 200) {
                throw answers.refused(answer, "GET " + REPOSITORIES, "metadata: read");
            }
            for (var listed :
                    pages.read(answers.json(answer, "GET " + REPOSITORIES).path("repositories"))) {
                var name = listed.path("full_name");
                if (!GitHubName.isRepository(name.asText())
                        || !listed.path("private").isBoolean()) {
                    throw answers.notUnderstood("GET " + REPOSITORIES, answer);
                }
                if (listed.path("archived").asBoolean()
                        || listed.path("disabled").asBoolean()) {
                    continue;
                }
                var owner = listed.path("owner");
                found.add(new Repository(
                        listed.path("id").asLong(),
                        name.asText(),
                        listed.path("private").asBoolean(),
                        "Organization".equals(owner.path("type").asText())
                                ? owner.path("login").asText()
                                : null,
                        installation.id()));
            }
        }
        return found;
    }
}
