package io.mayfly.github;

import io.mayfly.config.Settings;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What tells the runners of this deployment from all others: the form of their name, and a label. */
@Singleton
public class RunnerIdentity {

    private final Settings settings;

    public RunnerIdentity(Settings settings) {
        this.settings = settings;
    }

    /** The name of the deployment. */
    public String deployment() {
        return settings.deployment();
    }

    /**
     * The label that all runners of the deployment have beside their pool's. A deployment of the same name in another region
     * has another: its registrations without an instance here are not ours.
     */
    public String label() {
        return "mayfly-" + settings.deployment() + "-" + settings.region();
    }

    /** All labels of a runner whose pool has these. */
    public List<String> labels(List<String> pools) {
        var labels = new ArrayList<>(pools);
        labels.add(label());
        return labels;
    }

    /** The name of the runner that an instance claims. */
    public String runnerOf(String instanceId) {
        return RunnerName.of(settings.deployment(), instanceId);
    }

    /** The id of the instance whose runner has the name; null where no runner of ours may have it. */
    public @Nullable String instanceOf(String runner) {
        return RunnerName.instanceOf(settings.deployment(), runner);
    }

    /** A listed runner where name and label are ours; null else. */
    public @Nullable OwnRunner own(Runner runner) {
        return instanceOf(runner.name()) != null && runner.hasLabel(label())
                ? new OwnRunner(runner.id(), runner.name())
                : null;
    }

    /** A runner whose name GitHub has told, by a signed event, where the name is ours; null else. */
    public @Nullable OwnRunner named(RunnerId id, String name) {
        return instanceOf(name) != null ? new OwnRunner(id, name) : null;
    }
}
