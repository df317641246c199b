package io.mayfly.playground.github;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import io.mayfly.playground.wire.ServerResponse;
import java.util.ArrayList;
import java.util.Comparator;
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

    JobRoutes(EmulatedJobs jobs) {
        this.jobs = jobs;
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
        List<Map<String, @Nullable Object>> runs = new ArrayList<>();
        byRun(visit).forEach((id, members) -> {
            if (status == null || status.equals(status(members)) || status.equals(conclusion(members))) {
                runs.add(json(id, members));
            }
        });
        return page(
                visit, "workflow_runs", runs.reversed().stream().limit(MAX_RUNS).toList());
    }

    private ServerResponse run(Route.Visit visit) {
        List<EmulatedJob> members = byRun(visit).get(visit.id());
        if (members == null) {
            throw GitHubError.notFound();
        }
        return ServerResponse.json(200, json(visit.id(), members));
    }

    private ServerResponse runJobs(Route.Visit visit) {
        List<EmulatedJob> members = byRun(visit).get(visit.id());
        if (members == null) {
            throw GitHubError.notFound();
        }
        boolean all = "all".equals(visit.request().query().get("filter"));
        int latest = members.stream().mapToInt(EmulatedJob::runAttempt).max().orElse(1);
        Stream<EmulatedJob> shown = members.stream().filter(job -> all || job.runAttempt() == latest);
        return page(visit, "jobs", shown.map(EmulatedJob::json).toList());
    }

    private Map<Long, List<EmulatedJob>> byRun(Route.Visit visit) {
        return jobs.shown(visit.repository()).stream()
                .collect(groupingBy(EmulatedJob::runId, LinkedHashMap::new, toList()));
    }

    private static ServerResponse page(Route.Visit visit, String key, List<Map<String, @Nullable Object>> all) {
        Pagination page = Pagination.of(visit.request());
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("total_count", all.size());
        body.put(key, page.of(all));
        return ServerResponse.json(200, body, page.link(all.size()));
    }

    /** A run is queued while all its jobs are, and completed when all are. */
    private static String status(List<EmulatedJob> members) {
        List<String> states =
                members.stream().map(EmulatedJob::status).distinct().toList();
        return states.size() == 1 ? states.getFirst() : "in_progress";
    }

    private static @Nullable String conclusion(List<EmulatedJob> members) {
        return status(members).equals("completed") ? members.getLast().conclusion() : null;
    }

    private static Map<String, @Nullable Object> json(long id, List<EmulatedJob> members) {
        EmulatedJob oldest = members.stream()
                .min(Comparator.comparing(EmulatedJob::createdAt))
                .orElseThrow();
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("id", id);
        json.put("name", "CI");
        json.put("event", "push");
        json.put("head_branch", "main");
        json.put("status", status(members));
        json.put("conclusion", conclusion(members));
        json.put(
                "run_attempt",
                members.stream().mapToInt(EmulatedJob::runAttempt).max().orElse(1));
        json.put("created_at", EmulatedJob.time(oldest.createdAt()));
        json.put("updated_at", EmulatedJob.time(oldest.createdAt()));
        json.put("run_started_at", EmulatedJob.time(oldest.createdAt()));
        return json;
    }
}
