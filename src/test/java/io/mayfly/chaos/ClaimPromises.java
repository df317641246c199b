package io.mayfly.chaos;

import io.mayfly.chaos.Violation.Promise;
import io.mayfly.playground.aws.EmulatedInstances;
import io.mayfly.playground.github.EmulatedRunner;
import io.mayfly.playground.github.EmulatedRunners;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Who gets which configuration, how often, and what is written before. */
final class ClaimPromises {

    private static final Pattern INSTANCE = Pattern.compile("i-[0-9a-f]+$");

    private final World world;
    private final Violations violations;
    private final EmulatedInstances instances;
    private final EmulatedRunners runners;
    private final BurstTimes burst;
    private final Map<String, Long> granted = new HashMap<>();
    private Function<String, @Nullable Machine> machines = id -> null;

    ClaimPromises(
            World world,
            Violations violations,
            EmulatedInstances instances,
            EmulatedRunners runners,
            BurstTimes burst) {
        this.world = world;
        this.violations = violations;
        this.instances = instances;
        this.runners = runners;
        this.burst = burst;
    }

    /** Those that claim. */
    void of(Function<String, @Nullable Machine> value) {
        machines = value;
    }

    /** Whether a configuration has left for an instance, and perhaps got lost. */
    boolean isGranted(String instance) {
        return granted.containsKey(instance);
    }

    /**
     * A claim was answered, whether the answer arrives or not.
     *
     * @param by the instance that has signed it; null: none of ours
     */
    void answered(@Nullable String by, Deployment deployment, int status, String body) {
        world.history().count("claim answers " + status);
        if (status == 503
                && body.contains("rate limit")
                && deployment.mayRegister()
                && world.weather().isCalm()
                && !world.weather().mayLimit()) {
            violations.add(
                    Promise.NO_CLAIM_WAITS_WHILE_AN_APP_IS_FREE,
                    by + " was answered " + body + " though an app may register runners",
                    List.of(String.valueOf(by)));
        }
        if (status != 200) {
            return;
        }
        var configuration = JitConfiguration.of(body);
        var id = configuration.runnerId();
        var about = List.of("runner-id=" + id, String.valueOf(by), configuration.runner());
        var runner = runners.find(id).orElseThrow();
        if (by == null || !by.equals(instanceOf(configuration.runner())) || !isOf(deployment, runner)) {
            violations.add(
                    Promise.A_CLAIM_IS_FOR_ITS_OWN_INSTANCE,
                    (by == null ? "no instance of ours" : by) + " got the configuration of " + runner.name(),
                    about);
            return;
        }
        var machine = machines.apply(by);
        var tag = instances.find(by).orElseThrow().tags().get("mayfly:runner-id");
        if (!Long.toString(id).equals(tag) && (machine == null || !machine.hasTagsOfOthers())) {
            violations.add(
                    Promise.NO_CONFIGURATION_BEFORE_ITS_TAG,
                    by + " got the configuration of runner-id=" + id + " while its tag was " + tag,
                    about);
        }
        var before = granted.put(by, id);
        burst.claimed(granted.size());
        if (before != null && before != id) {
            violations.add(
                    Promise.ONE_RUNNER_FOR_AN_INSTANCE,
                    by + " got the configurations of runner-id=" + before + " and runner-id=" + id,
                    about);
        }
    }

    private static boolean isOf(Deployment deployment, EmulatedRunner runner) {
        return runner.labels().contains(deployment.label());
    }

    /** GitHub has registered a runner. */
    void registered(Network.Call call, String name, long id) {
        var machine = machines.apply(instanceOf(name));
        if (machine != null && machine.wasOnline()) {
            violations.add(
                    Promise.ONE_RUNNER_FOR_AN_INSTANCE,
                    call.invocation.name() + " registered " + name + " anew, whose runner-id=" + machine.runnerId()
                            + " has been online",
                    List.of(name, machine.id(), "runner-id=" + id));
        }
    }

    /** Tags are about to be written on an instance: that of its runner is the claim's own, and stays. */
    void tagged(Network.Call call, String instance, Map<String, String> tags) {
        var id = tags.get("mayfly:runner-id");
        if (id != null
                && call.invocation.registered().keySet().stream().noneMatch(own -> id.equals(Long.toString(own)))) {
            violations.add(
                    Promise.THE_TAG_OF_A_CLAIM_STAYS,
                    call.invocation.name() + " wrote mayfly:runner-id=" + id + " on " + instance,
                    List.of(instance, call.invocation.name()));
        }
    }

    private static String instanceOf(String runner) {
        var id = INSTANCE.matcher(runner);
        return id.find() ? id.group() : "";
    }
}
