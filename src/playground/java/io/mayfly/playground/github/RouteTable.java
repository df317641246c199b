package io.mayfly.playground.github;

import io.mayfly.playground.wire.ServerRequest;
import io.mayfly.playground.wire.ServerResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** All operations, and what GitHub answers before one is carried out. */
final class RouteTable {

    private static final String UNKNOWN = "unknown";

    private final List<Route> routes;
    private final AccessCheck accessCheck;
    private final RepositoryRedirects redirects;
    private final @Nullable GitHubExamples examples;
    private final OddEntries oddEntries;
    private final EmulatedPoints points;

    /** Without examples, answers have the members that the emulator knows, and no others. */
    RouteTable(
            List<Route> routes,
            AccessCheck accessCheck,
            RepositoryRedirects redirects,
            @Nullable GitHubExamples examples,
            OddEntries oddEntries,
            EmulatedPoints points) {
        this.routes = List.copyOf(routes);
        this.accessCheck = accessCheck;
        this.redirects = redirects;
        this.examples = examples;
        this.oddEntries = oddEntries;
        this.points = points;
    }

    /** The short names of all operations. */
    List<String> names() {
        return routes.stream().map(Route::name).distinct().toList();
    }

    /** The short name of an operation. */
    String name(String method, String path) {
        Match match = match(method, redirects.resolved(path));
        return match == null ? UNKNOWN : match.route().name();
    }

    ServerResponse answer(ServerRequest request, String path) {
        try {
            if (request.header("user-agent") == null) {
                throw new GitHubError(
                        403,
                        "Request forbidden by administrative rules. Please make sure your request has a User-Agent"
                                + " header");
            }
            ServerResponse redirect = redirects.of(request, path);
            if (redirect != null) {
                return redirect;
            }
            Match match = match(request.method(), redirects.resolved(path));
            if (match == null) {
                throw GitHubError.notFound();
            }
            InstallationToken token =
                    accessCheck.check(match.route().access(), request.header("authorization"), match.variables());
            points.take(match.route().name(), request.method());
            ServerResponse response = match.route().action().answer(new Route.Visit(request, match.variables(), token));
            String name = match.route().name();
            return oddEntries.in(
                    examples == null ? response : examples.in(response, name, match.variables()), name, request);
        } catch (GitHubError e) {
            return e.response();
        }
    }

    private record Match(Route route, Map<String, String> variables) {}

    private @Nullable Match match(String method, String path) {
        for (Route route : routes) {
            Optional<Map<String, String>> variables = route.match(method, path);
            if (variables.isPresent()) {
                return new Match(route, variables.get());
            }
        }
        return null;
    }
}
