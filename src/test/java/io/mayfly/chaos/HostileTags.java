package io.mayfly.chaos;

import io.mayfly.playground.aws.EmulatedInstances;
import io.mayfly.playground.github.EmulatedRunner;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What somebody who may write tags, and no more, writes on instances: on their own to look like ours, and on ours. */
final class HostileTags {

    private static final Map<String, List<String>> VALUES = new TreeMap<>(Map.of(
            "mayfly:scope",
                    List.of(
                            "repos/victim/repo#",
                            "repos/" + Deployment.OWNER + "/web#",
                            "repos/" + Deployment.OWNER + "/web?",
                            "repos/../..",
                            "repos/" + Deployment.OWNER + "/..",
                            "repos/" + Deployment.OWNER + "/web%2F..",
                            "orgs/x?y",
                            "orgs/" + Deployment.OWNER + "#",
                            "orgs/.",
                            "repos/" + Deployment.OWNER + "/wеb",
                            ""),
            "mayfly:runner-id",
                    List.of("-1", "0", "1e3", "٣", "99999999999999999999", "1001", "1006", "1001?x", "1001/labels", ""),
            "mayfly:installation", List.of("-1", "0", "101/..", "x", ""),
            "mayfly:repository", List.of("victim/repo?x", Deployment.OWNER + "/web#", "../..", "web", ""),
            "mayfly:job", List.of("-5", "٣", "1/logs", ""),
            "mayfly:pool", List.of("no such pool", "small\"}", ""),
            "mayfly:scope-id", List.of("-1", "0", "1?x", ""),
            "mayfly:withdrawn", List.of("0 -", "99999999999 1", "x", ""),
            "mayfly:timeouts", List.of("0/0/0", "1/1/1", "-1/x/3", "99999999999/1/1", "")));

    private final World world;
    private final Dice dice;
    private final EmulatedInstances instances;

    HostileTags(World world, EmulatedInstances instances) {
        this.world = world;
        this.dice = world.dice("tags");
        this.instances = instances;
    }

    /** Launches an instance that looks like a deployment's, and names a runner that is nobody's of ours. */
    void disguise(Deployment deployment, String repository, EmulatedRunner stranger) {
        launch(tags(deployment, repository, stranger));
    }

    /** Launches more of them, each with one value that no launch writes. */
    void distort(Deployment deployment, String repository, EmulatedRunner stranger) {
        VALUES.forEach((key, values) -> {
            var tags = tags(deployment, repository, stranger);
            tags.put(key, dice.pick(values));
            launch(tags);
        });
    }

    private void launch(Map<String, String> tags) {
        world.history().add("disguised: " + instances.add(tags).id() + " " + tags);
    }

    private static Map<String, String> tags(Deployment deployment, String repository, EmulatedRunner stranger) {
        return new TreeMap<>(Map.of(
                "mayfly:deployment",
                deployment.name(),
                "mayfly:pool",
                "small",
                "mayfly:scope",
                "repos/" + repository,
                "mayfly:repository",
                repository,
                "mayfly:scope-id",
                "1",
                "mayfly:job",
                "1",
                "mayfly:runner-id",
                Long.toString(stranger.id()),
                "mayfly:installation",
                Long.toString(deployment.installation())));
    }

    /** Writes over one tag of an instance of ours. */
    void write(Machine machine) {
        var key = dice.pick(List.copyOf(VALUES.keySet()));
        var value = dice.pick(VALUES.getOrDefault(key, List.of()));
        world.history().count("fault tag written by somebody");
        world.history().add("somebody writes " + key + "=" + value + " on " + machine.id());
        instances.tag(List.of(machine.id()), Map.of(key, value));
        machine.tagsWritten();
    }
}
