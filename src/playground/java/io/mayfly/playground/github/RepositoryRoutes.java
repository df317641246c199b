package io.mayfly.playground.github;

import io.mayfly.playground.wire.ServerResponse;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Repositories, each by itself and those of an installation.
 *
 * @see <a href="https://docs.github.com/en/rest/apps/installations">REST API endpoints for GitHub App
 *     installations</a>
 */
final class RepositoryRoutes {

    private static final Route.Access READ = new Route.Access.Token("metadata", "metadata", "read");

    private final EmulatedRepositories repositories;
    private final EmulatedJobs jobs;

    RepositoryRoutes(EmulatedRepositories repositories, EmulatedJobs jobs) {
        this.repositories = repositories;
        this.jobs = jobs;
    }

    List<Route> routes() {
        return List.of(
                Route.of("get-repository", "GET", "/repos/{owner}/{repo}", READ, this::repository),
                Route.of("list-installation-repositories", "GET", "/installation/repositories", READ, this::all));
    }

    private ServerResponse repository(Route.Visit visit) {
        return ServerResponse.json(200, repositories.json(visit.repository()));
    }

    private ServerResponse all(Route.Visit visit) {
        InstallationToken token = visit.token();
        if (token == null) {
            throw new GitHubError(401, "Requires authentication");
        }
        jobs.all().forEach(job -> repositories.json(job.repository()));
        List<String> names = repositories.of(token);
        Pagination page = Pagination.of(visit.request());
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("total_count", names.size());
        body.put("repository_selection", token.repositories().isEmpty() ? "all" : "selected");
        body.put("repositories", page.of(names).stream().map(repositories::json).toList());
        return ServerResponse.json(200, body, page.link(names.size()));
    }
}
