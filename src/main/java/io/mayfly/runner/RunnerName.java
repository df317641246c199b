package io.mayfly.runner;

import java.util.regex.Pattern;

/** Names of runners, {@code mayfly-[<deployment>-]<job>-<attempt>[-n]}: GitHub holds each but once in a scope. */
public final class RunnerName {

    private static final String DEFAULT_DEPLOYMENT = "default";
    private static final Pattern NUMBERS = Pattern.compile("[0-9]+-[0-9]+(-[0-9]+)?");

    private RunnerName() {}

    /** The name of the first runner that is launched for a job. */
    public static String of(String deployment, Job job) {
        return prefix(deployment) + job.id() + "-" + job.attempt();
    }

    /** The label that all runners of a deployment have beside their pool's. */
    public static String label(String deployment) {
        return "mayfly-" + deployment;
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
