package io.mayfly.github;

import java.util.regex.Pattern;

/** Short names for what is asked of GitHub, without the names and ids in the path. */
final class Operation {

    /** What GitHub counts apart from all else. */
    static final String REGISTRATION = "generate-jitconfig";

    private static final Pattern REPOSITORY = Pattern.compile("/(repos/[^/]+|repositories)/[^/]+");

    private Operation() {}

    /**
     * The operation of a request.
     *
     * @param place the path below the API's base, without its query
     */
    static String of(String method, String place) {
        if (place.endsWith("/installation")) {
            return place.startsWith("/orgs/") ? "get-organization-installation" : "get-repository-installation";
        }
        if (place.startsWith("/app/") || place.startsWith("/installation/")) {
            return ofApp(place);
        }
        if (place.endsWith("/actions/runners/generate-jitconfig")) {
            return REGISTRATION;
        }
        if (place.endsWith("/actions/runners")) {
            return "list-runners";
        }
        if (place.contains("/actions/runners/")) {
            return method.equals("DELETE") ? "delete-runner" : "get-runner";
        }
        if (place.endsWith("/actions/runs")) {
            return "list-runs";
        }
        if (place.contains("/actions/runs/")) {
            return place.endsWith("/jobs") ? "list-run-jobs" : "get-run";
        }
        return REPOSITORY.matcher(place).matches() ? "get-repository" : "other";
    }

    private static String ofApp(String place) {
        if (place.endsWith("/access_tokens")) {
            return "token";
        }
        if (place.endsWith("/attempts")) {
            return "redeliver";
        }
        return switch (place) {
            case "/app/hook/deliveries" -> "list-deliveries";
            case "/app/installations" -> "list-installations";
            case "/installation/repositories" -> "list-installation-repositories";
            default -> "other";
        };
    }
}
