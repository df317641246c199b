package io.mayfly.playground.github;

import io.mayfly.playground.wire.ServerResponse;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Workflow runs and their jobs.
 *
 * @see <a href="https://docs.github.com/en/rest/actions/workflow-runs">REST API endpoints for workflow runs</a>
 * @see <a href="https://docs.github.com/en/rest/actions/workflow-jobs">REST API endpoints for workflow jobs</a>
 */
final class JobRoutes {

    private static final Route.Access READ = new Route.Access.Token("actions", "actions", "read");
    /** A search for runs shows no more than that. */
    private static final int MAX_RUNS = 1000;

    private final EmulatedJobs jobs;
    private final EmulatedRuns runs;

    JobRoutes(EmulatedJobs jobs, EmulatedRuns runs) {
        this.jobs = jobs;
        this.runs = runs;
    }

    List<Route> routes() {
        String actions = "/repos/{owner}/{repo}/actions";
        return List.of(
                Route.of("get-job", "GET", actions + "/jobs/{id}", READ, this::job),
                Route.of("list-runs", "GET", actions + "/runs", READ, this::runs),
                Route.of("get-run", "GET", actions + "/runs/{id}", READ, this::run),
                Route.of("list-run-jobs", "GET", actions + "/runs/{id}/jobs", READ, this::runJobs));
    }

    private ServerResponse job(Route.Visit visit) {
        return ServerResponse.json(
                200,
                jobs.shown(visit.repository(), visit.id())
                        .orElseThrow(GitHubError::notFound)
                        .json());
    }

    private ServerResponse runs(Route.Visit visit) {
        String status = visit.request().query().get("status");
        return page(
                visit,
                "workflow_runs",
                runs.shown(visit.repository()).stream()
                        .filter(run -> status == null || run.isFoundBy(status))
                        .limit(MAX_RUNS)
                        .map(EmulatedRun::json)
                        .toList());
    }

    private ServerResponse run(Route.Visit visit) {
        return ServerResponse.json(200, shown(visit).json());
    }

    private ServerResponse runJobs(Route.Visit visit) {
        EmulatedRun run = shown(visit);
        boolean all = "all".equals(visit.request().query().get("filter"));
        Stream<EmulatedJob> shown = run.jobs().stream().filter(job -> all || job.runAttempt() == run.attempt());
        return page(visit, "jobs", shown.map(EmulatedJob::json).toList());
    }

    private EmulatedRun shown(Route.Visit visit) {
        return runs.shown(visit.repository(), visit.id()).orElseThrow(GitHubError::notFound);
    }

    private static ServerResponse page(Route.Visit visit, String key, List<Map<String, @Nullable Object>> all) {
        Pagination page = Pagination.of(visit.request());
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("total_count", all.size());
        body.put(key, page.of(all));
        return ServerResponse.json(200, body, page.link(all.size()));
    }
}
