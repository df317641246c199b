package io.mayfly.playground.github;

import com.fasterxml.jackson.databind.JsonNode;
import io.mayfly.playground.wire.Json;
import io.mayfly.playground.wire.ServerRequest;
import io.mayfly.playground.wire.ServerResponse;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One operation of GitHub's REST API. */
record Route(String name, String method, Pattern path, Access access, Action action) {

    /** How a caller proves that it may. */
    sealed interface Access {
        record Anybody() implements Access {}

        record App() implements Access {}

        /** An installation token with one permission, which differs between repositories and organizations. */
        record Token(String repositoryPermission, String organizationPermission, String level) implements Access {}
    }

    /** What the operation does. */
    interface Action {
        ServerResponse answer(Visit visit);
    }

    /** One call of the operation, allowed. */
    record Visit(
            ServerRequest request,
            Map<String, String> variables,
            @Nullable InstallationToken token) {

        String variable(String name) {
            String value = variables.get(name);
            if (value == null) {
                throw new IllegalStateException("the route has no " + name);
            }
            return value;
        }

        long id() {
            return Long.parseLong(variable("id"));
        }

        /** The repository of the path, as {@code owner/name}. */
        String repository() {
            return variable("owner") + "/" + variable("repo");
        }

        /** {@code repos/OWNER/NAME} or {@code orgs/OWNER}. */
        String scope() {
            return variables.containsKey("repo") ? "repos/" + repository() : "orgs/" + variable("owner");
        }

        JsonNode json() {
            return Json.object(request.body()).orElseThrow(() -> new GitHubError(400, "Problems parsing JSON"));
        }
    }

    /** A path such as {@code /repos/{owner}/{repo}/actions/jobs/{id}}; ids are numbers. */
    static Route of(String name, String method, String path, Access access, Action action) {
        String pattern = path.replaceAll("\\{id}", "(?<id>[0-9]{1,18})").replaceAll("\\{([a-z]+)}", "(?<$1>[^/]+)");
        return new Route(name, method, Pattern.compile(pattern), access, action);
    }

    Optional<Map<String, String>> match(String calledMethod, String calledPath) {
        Matcher matcher = path.matcher(calledPath);
        if (!method.equals(calledMethod) || !matcher.matches()) {
            return Optional.empty();
        }
        Map<String, String> variables = new LinkedHashMap<>();
        matcher.namedGroups().keySet().forEach(group -> {
            String value = matcher.group(group);
            if (value != null) {
                variables.put(group, ServerRequest.decode(value));
            }
        });
        return Optional.of(variables);
    }
}
