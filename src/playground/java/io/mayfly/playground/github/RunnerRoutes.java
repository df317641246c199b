package io.mayfly.playground.github;

import com.fasterxml.jackson.databind.JsonNode;
import io.mayfly.playground.wire.ServerResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Self-hosted runners of repositories and organizations.
 *
 * @see <a href="https://docs.github.com/en/rest/actions/self-hosted-runners">REST API endpoints for self-hosted
 *     runners</a>
 */
final class RunnerRoutes {

    private static final Route.Access READ =
            new Route.Access.Token("administration", "organization_self_hosted_runners", "read");
    private static final Route.Access WRITE =
            new Route.Access.Token("administration", "organization_self_hosted_runners", "write");
    private static final int MAX_LABELS = 100;
    private static final int MAX_NAME = 64;

    private final EmulatedRunners runners;
    private volatile int jitConfigLength = 4600;

    RunnerRoutes(EmulatedRunners runners) {
        this.runners = runners;
    }

    void jitConfigLength(int value) {
        jitConfigLength = value;
    }

    List<Route> routes() {
        return Stream.of("/repos/{owner}/{repo}/actions/runners", "/orgs/{owner}/actions/runners")
                .flatMap(path -> Stream.of(
                        Route.of("generate-jitconfig", "POST", path + "/generate-jitconfig", WRITE, this::generate),
                        Route.of("list-runners", "GET", path, READ, this::list),
                        Route.of("get-runner", "GET", path + "/{id}", READ, this::get),
                        Route.of("delete-runner", "DELETE", path + "/{id}", WRITE, this::delete)))
                .toList();
    }

    private ServerResponse generate(Route.Visit visit) {
        JsonNode body = visit.json();
        String name = body.path("name").asText();
        List<String> labels = new ArrayList<>();
        body.path("labels").forEach(label -> labels.add(label.asText()));
        if (name.isEmpty() || name.length() > MAX_NAME) {
            throw invalid("name");
        }
        if (!body.path("runner_group_id").isIntegralNumber()) {
            throw invalid("runner_group_id");
        }
        if (labels.isEmpty() || labels.size() > MAX_LABELS || labels.stream().anyMatch(String::isBlank)) {
            throw invalid("labels");
        }
        EmulatedRunner runner = runners.register(
                        visit.scope(),
                        name,
                        labels,
                        body.path("runner_group_id").asLong())
                .orElseThrow(() ->
                        new GitHubError(409, "Already exists - A runner with the name *" + name + "* already exists."));
        String workFolder = body.path("work_folder").asText("_work");
        return ServerResponse.json(
                201,
                Map.of(
                        "runner",
                        runner.json(),
                        "encoded_jit_config",
                        JitConfig.encode(runner, workFolder, jitConfigLength)));
    }

    private ServerResponse list(Route.Visit visit) {
        String name = visit.request().query().get("name");
        List<EmulatedRunner> all = runners.shown(visit.scope()).stream()
                .filter(runner -> name == null || name.equals(runner.name()))
                .toList();
        Pagination page = Pagination.of(visit.request());
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("total_count", all.size());
        body.put("runners", page.of(all).stream().map(EmulatedRunner::json).toList());
        return ServerResponse.json(200, body, page.link(all.size()));
    }

    private ServerResponse get(Route.Visit visit) {
        return ServerResponse.json(
                200,
                runners.shown(visit.scope(), visit.id())
                        .orElseThrow(GitHubError::notFound)
                        .json());
    }

    private ServerResponse delete(Route.Visit visit) {
        runners.delete(visit.scope(), visit.id());
        return new ServerResponse(204, Map.of(), "");
    }

    private static GitHubError invalid(String field) {
        return new GitHubError(422, "Invalid request.\n\nInvalid input: \"" + field + "\" wasn't supplied properly.");
    }
}
