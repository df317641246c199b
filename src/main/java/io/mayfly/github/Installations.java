package io.mayfly.github;

import io.mayfly.http.Answer;
import io.mayfly.json.JsonFields;
import io.mayfly.time.Deadline;
import io.mayfly.time.TimeLimits;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.Optional;

/** Where the app is installed, and what it reaches there. */
@Singleton
public class Installations {

    private static final ApiPath ALL = ApiPath.of("app", "installations");
    private static final ApiPath REPOSITORIES = ApiPath.of("installation", "repositories");

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

    /** The installations of the app. One of an enterprise reaches no repositories, and has no login. */
    public Listing<Installation> all(Deadline deadline) {
        var found = new ArrayList<Installation>();
        var pages = new Pages();
        while (pages.hasNext()) {
            var answer = http.send(
                    "GET", pages.next(ALL), Caller.APP, jwt.take(), GitHubHttp.NO_BODY, limits.list(), deadline);
            found.addAll(pages.read(answers.list(good(answer, ALL), "GET " + ALL, Installations::installation))
                    .entries());
        }
        return new Listing<>(found, pages.areWhole());
    }

    /**
     * The repositories of an installation that can run workflows.
     *
     * @param permissions of a scope like this one the token shall have
     */
    public Listing<Repository> repositories(Installation installation, Scope permissions, Deadline deadline) {
        var at = new InstalledScope(permissions, installation.id());
        var found = new ArrayList<Repository>();
        var pages = new Pages();
        while (pages.hasNext()) {
            var answer = github.call("GET", pages.next(REPOSITORIES), GitHubHttp.NO_BODY, at, limits.list(), deadline);
            pages.read(answers.list(
                            good(answer, REPOSITORIES),
                            "GET " + REPOSITORIES,
                            "repositories",
                            fields -> repository(fields, installation.id())))
                    .entries()
                    .forEach(repository -> repository.ifPresent(found::add));
        }
        return new Listing<>(found, pages.areWhole());
    }

    private static Installation installation(JsonFields fields) {
        var account = fields.child("account");
        var login = Login.parse(account.neededText("login"));
        if (login == null) {
            throw account.wrong("login", "is no login that GitHub allows");
        }
        return new Installation(
                new InstallationId(fields.neededId("id")), login, fields.instant("suspended_at") != null);
    }

    /** Empty: it runs no workflows. */
    private static Optional<Repository> repository(JsonFields fields, InstallationId installation) {
        var name = fullName(fields);
        var isPrivate = fields.neededFlag("private");
        var id = fields.neededId("id");
        if (Boolean.TRUE.equals(fields.flag("archived")) || Boolean.TRUE.equals(fields.flag("disabled"))) {
            return Optional.empty();
        }
        var owner = fields.child("owner");
        var isOrganizations = "Organization".equals(owner.text("type"));
        return Optional.of(new Repository(
                id,
                name,
                isPrivate,
                isOrganizations ? new Organization(owner.neededId("id"), new Login(name.owner())) : null,
                installation));
    }

    private static RepositoryName fullName(JsonFields fields) {
        var name = RepositoryName.parse(fields.neededText("full_name"));
        if (name == null) {
            throw fields.wrong("full_name", "is no name that GitHub allows");
        }
        return name;
    }

    private Answer good(Answer answer, ApiPath path) {
        if (answer.status() != 200) {
            throw answers.refused(answer, "GET " + path);
        }
        return answer;
    }
}
