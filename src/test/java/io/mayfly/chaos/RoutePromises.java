package io.mayfly.chaos;

import io.mayfly.chaos.Violation.Promise;
import io.mayfly.playground.github.GitHubEmulator;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Whether what changes something at GitHub is one of the few calls that the function needs, in a place that is served. */
final class RoutePromises {

    private static final String PLACE = "/(?:repos/([\\w.-]+/[\\w.-]+)|repositories/([0-9]+)|orgs/([\\w.-]+))";
    private static final Pattern DELETED = Pattern.compile(PLACE + "/actions/runners/[1-9][0-9]*");
    private static final Pattern REGISTERED = Pattern.compile(PLACE + "/actions/runners/generate-jitconfig");
    private static final Pattern OF_THE_APP =
            Pattern.compile("/app/installations/[1-9][0-9]*/access_tokens|/app/hook/deliveries/[1-9][0-9]*/attempts");

    private final Violations violations;
    private final GitHubEmulator github;
    private final Set<Long> served;

    RoutePromises(Violations violations, GitHubEmulator github, List<String> served) {
        this.violations = violations;
        this.github = github;
        this.served = served.stream()
                .map(repository -> github.repositories().id(repository))
                .collect(Collectors.toSet());
    }

    /** A call begins, whatever becomes of it. */
    void check(Network.Call call) {
        var right = switch (call.method) {
            case "GET" -> true;
            case "DELETE" -> isServed(DELETED, call.target);
            case "POST" -> OF_THE_APP.matcher(call.target).matches() || isServed(REGISTERED, call.target);
            default -> false;
        };
        if (!right) {
            violations.add(
                    Promise.ONLY_RUNNERS_ARE_CHANGED,
                    call.invocation.name() + " called " + call.method + " " + call.target,
                    List.of(call.invocation.name(), call.target));
        }
    }

    private boolean isServed(Pattern route, String target) {
        var matcher = route.matcher(target);
        if (!matcher.matches()) {
            return false;
        }
        var repository = matcher.group(1);
        if (repository != null) {
            return served.contains(github.repositories().id(repository));
        }
        var id = matcher.group(2);
        return id != null ? served.contains(Long.parseLong(id)) : Deployment.OWNER.equalsIgnoreCase(matcher.group(3));
    }
}
