package io.mayfly.github;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Names of runners, {@code mayfly-[<deployment>-]<instance id>}: GitHub holds each but once in a scope. */
public final class RunnerName {

    private static final String DEFAULT_DEPLOYMENT = "default";
    private static final Pattern INSTANCE = Pattern.compile("i-[0-9a-f]{8,17}");

    private RunnerName() {}

    /** The name of the runner that an instance claims. */
    public static String of(String deployment, String instanceId) {
        return prefix(deployment) + instanceId;
    }

    /** The id of the instance whose runner has the name; null where no runner of the deployment may have it. */
    public static @Nullable String instanceOf(String deployment, String name) {
        var prefix = prefix(deployment);
        var rest = name.startsWith(prefix) ? name.substring(prefix.length()) : "";
        return INSTANCE.matcher(rest).matches() ? rest : null;
    }

    /** Whether a runner of this deployment may have the name; anyone who may register runners can choose it too. */
    public static boolean isOurs(String deployment, String name) {
        return instanceOf(deployment, name) != null;
    }

    private static String prefix(String deployment) {
        return DEFAULT_DEPLOYMENT.equals(deployment) ? "mayfly-" : "mayfly-" + deployment + "-";
    }
}
