package io.mayfly.github;

import java.util.regex.Pattern;

/** Names of runners, {@code mayfly-[<deployment>-]<job>-<attempt>[-n]}: GitHub holds each but once in a scope. */
public final class RunnerName {

    private static final String DEFAULT_DEPLOYMENT = "default";
    private static final Pattern NUMBERS = Pattern.compile("[0-9]+-[0-9]+(-[0-9]+)?");

    private RunnerName() {}

    /**
     * The name of the runner that a launch for a job makes.
     *
     * @param launch which of the job's launches, from 1
     */
    public static String of(String deployment, long job, long attempt, int launch) {
        var first = prefix(deployment) + job + "-" + attempt;
        return launch == 1 ? first : first + "-" + launch;
    }

    /** Which launch of its job a runner comes from, read from its name. */
    public static int launchOf(String deployment, String name) {
        var parts = name.substring(Math.min(name.length(), prefix(deployment).length()))
                .split("-", -1);
        return parts.length == 3 && parts[2].matches("[0-9]{1,4}") ? Integer.parseInt(parts[2]) : 1;
    }

    /** Whether a runner of this deployment may have the name; anyone who may register runners can choose it too. */
    public static boolean isOurs(String deployment, String name) {
        var prefix = prefix(deployment);
        return name.startsWith(prefix)
                && NUMBERS.matcher(name.substring(prefix.length())).matches();
    }

    private static String prefix(String deployment) {
        return DEFAULT_DEPLOYMENT.equals(deployment) ? "mayfly-" : "mayfly-" + deployment + "-";
    }
}
