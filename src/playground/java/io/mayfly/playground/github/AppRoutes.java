package io.mayfly.playground.github;

import io.mayfly.playground.wire.ServerResponse;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The app, its installations and its webhook deliveries.
 *
 * @see <a href="https://docs.github.com/en/rest/apps">REST API endpoints for GitHub Apps</a>
 */
final class AppRoutes {

    private static final Route.Access APP = new Route.Access.App();
    private static final Route.Access ANYBODY = new Route.Access.Anybody();

    private final GitHubApp app;
    private final AppSettings settings;
    private final EmulatedInstallations installations;
    private final EmulatedJobs jobs;
    private final EmulatedDeliveries deliveries;
    private final EmulatedRateLimit rateLimit;

    AppRoutes(
            GitHubApp app,
            AppSettings settings,
            EmulatedInstallations installations,
            EmulatedJobs jobs,
            EmulatedDeliveries deliveries,
            EmulatedRateLimit rateLimit) {
        this.app = app;
        this.settings = settings;
        this.installations = installations;
        this.jobs = jobs;
        this.deliveries = deliveries;
        this.rateLimit = rateLimit;
    }

    List<Route> routes() {
        String hook = "/app/hook/deliveries";
        return List.of(
                Route.of("token", "POST", "/app/installations/{id}/access_tokens", APP, this::token),
                Route.of("get-app", "GET", "/app", APP, this::app),
                Route.of("get-hook", "GET", "/app/hook/config", APP, this::hook),
                Route.of("set-hook", "PATCH", "/app/hook/config", APP, this::setHook),
                Route.of("list-installations", "GET", "/app/installations", APP, this::installations),
                Route.of("get-installation", "GET", "/app/installations/{id}", APP, this::installation),
                Route.of(
                        "get-repository-installation", "GET", "/repos/{owner}/{repo}/installation", APP, this::ofOwner),
                Route.of("get-organization-installation", "GET", "/orgs/{owner}/installation", APP, this::ofOwner),
                Route.of("list-deliveries", "GET", hook, APP, this::deliveries),
                Route.of("get-delivery", "GET", hook + "/{id}", APP, this::delivery),
                Route.of("redeliver", "POST", hook + "/{id}/attempts", APP, this::redeliver),
                Route.of("rate-limit", "GET", "/rate_limit", ANYBODY, this::rateLimit));
    }

    private ServerResponse token(Route.Visit visit) {
        return ServerResponse.json(201, installations.mint(visit.id(), visit.json()));
    }

    private ServerResponse app(Route.Visit visit) {
        return ServerResponse.json(200, settings.json(app, visit.request().origin()));
    }

    private ServerResponse hook(Route.Visit visit) {
        return ServerResponse.json(200, settings.hook().json());
    }

    private ServerResponse setHook(Route.Visit visit) {
        settings.hook(settings.hook().with(visit.json()));
        return ServerResponse.json(200, settings.hook().json());
    }

    private ServerResponse installations(Route.Visit visit) {
        Pagination page = Pagination.of(visit.request());
        List<EmulatedInstallation> all = installations.known(owners());
        return ServerResponse.json(200, page.of(all).stream().map(this::json).toList(), page.link(all.size()));
    }

    private ServerResponse installation(Route.Visit visit) {
        return ServerResponse.json(200, json(installations.find(visit.id()).orElseThrow(GitHubError::notFound)));
    }

    private ServerResponse ofOwner(Route.Visit visit) {
        String owner = visit.variable("owner");
        String repository = visit.variables().get("repo");
        List<String> owners =
                Stream.concat(owners().stream(), Stream.of(owner)).distinct().toList();
        return ServerResponse.json(
                200,
                json(installations.known(owners).stream()
                        .filter(installation -> installation.reaches(owner, repository))
                        .findFirst()
                        .orElseThrow(GitHubError::notFound)));
    }

    private List<String> owners() {
        return jobs.all().stream().map(EmulatedJob::owner).distinct().toList();
    }

    private Map<String, @Nullable Object> json(EmulatedInstallation installation) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("id", installation.id());
        json.put("app_id", app.id());
        json.put("account", Map.of("login", installation.owner(), "type", "Organization"));
        json.put("target_type", "Organization");
        json.put("repository_selection", installation.repositories().isEmpty() ? "all" : "selected");
        json.put("permissions", installation.permissions());
        json.put("events", List.of("workflow_job"));
        json.put("suspended_at", installations.suspended(installation.id()));
        return json;
    }

    /** The cursor is opaque to clients; here it is the id of the last one of the page before. */
    private ServerResponse deliveries(Route.Visit visit) {
        Map<String, String> query = visit.request().query();
        Stream<EmulatedDelivery> wanted = deliveries.all().stream();
        String status = query.get("status");
        if (status != null) {
            wanted = wanted.filter(delivery -> delivery.succeeded() == status.equals("success"));
        }
        String cursor = query.get("cursor");
        if (cursor != null) {
            long last = lastOf(cursor);
            wanted = wanted.filter(delivery -> delivery.id() < last);
        }
        List<EmulatedDelivery> rest = wanted.toList();
        Pagination page =
                new Pagination(visit.request(), Pagination.of(visit.request()).size(), 1);
        List<EmulatedDelivery> shown = page.of(rest);
        Map<String, String> link = shown.size() < rest.size()
                ? Map.of(
                        "Link",
                        page.link(
                                "next", Map.of("cursor", "v1_" + shown.getLast().id())))
                : Map.of();
        return ServerResponse.json(
                200, shown.stream().map(EmulatedDelivery::summary).toList(), link);
    }

    private static long lastOf(String cursor) {
        try {
            return Long.parseLong(cursor.replaceFirst("^v1_", ""));
        } catch (NumberFormatException e) {
            throw new GitHubError(422, "Invalid cursor");
        }
    }

    private ServerResponse delivery(Route.Visit visit) {
        return ServerResponse.json(
                200,
                deliveries.find(visit.id()).orElseThrow(GitHubError::notFound).detail());
    }

    private ServerResponse redeliver(Route.Visit visit) {
        deliveries.redeliver(visit.id());
        return ServerResponse.json(202, Map.of());
    }

    private ServerResponse rateLimit(Route.Visit visit) {
        return ServerResponse.json(
                200, Map.of("resources", Map.of("core", rateLimit.json()), "rate", rateLimit.json()));
    }
}
