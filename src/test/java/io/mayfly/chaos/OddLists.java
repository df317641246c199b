package io.mayfly.chaos;

import io.mayfly.chaos.Weather.Front;
import io.mayfly.playground.github.OddEntries;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Entries of GitHub's lists that are not as documented: some are always there, others are spoiled for a while. */
final class OddLists {

    /** Members of which one is spoiled, and what they become; an empty text stands for null. */
    private static final Map<String, Map<String, Object>> SPOILED = Map.of(
            "list-installations", Map.of("account", ""),
            "list-installation-repositories", Map.of("full_name", "../..", "private", "yes", "id", ""),
            "list-runs", Map.of("id", "one", "status", 7),
            "list-run-jobs",
                    Map.of("id", "", "status", "", "runner_id", "seven", "labels", "linux", "created_at", "yesterday"),
            "list-runners", Map.of("id", "one", "name", "", "status", 7, "busy", "perhaps", "labels", "pet"),
            "list-deliveries", Map.of("guid", "", "delivered_at", "soon", "status_code", "OK", "id", -1));

    private final World world;
    private final Dice dice;

    OddLists(World world) {
        this.world = world;
        this.dice = world.dice("odd lists");
    }

    /** Adds those that are always there. */
    void addTo(OddEntries entries) {
        entries.add(
                "list-installations",
                Map.of("id", 303, "target_type", "Enterprise", "account", Map.of("slug", "acme-corp", "id", 9)));
        entries.add("list-installations", "an installation");
        entries.add("list-runners", Map.of("id", 17, "labels", List.of()));
        entries.add("list-runners", Map.of("id", -17, "name", "pet", "labels", "pet"));
        entries.add("list-installation-repositories", Map.of("id", 5, "full_name", "octo-org/web#", "private", true));
        entries.add("list-installation-repositories", List.of());
        entries.add("list-deliveries", withoutGuid());
    }

    private static Map<String, Object> withoutGuid() {
        var delivery = new HashMap<String, Object>();
        delivery.put("id", 3);
        delivery.put("event", "workflow_job");
        delivery.put("status_code", 500);
        return delivery;
    }

    /** Spoils one member of a quarter of the entries that the next call of an operation shows. */
    void spoil(OddEntries entries, String operation) {
        entries.spoilNothing();
        var members = SPOILED.get(operation);
        if (members == null || !world.weather().has(Front.GITHUB_SHOWS_ODD_ENTRIES) || !dice.chance(0.5)) {
            return;
        }
        world.history().count("fault entry of an unknown shape");
        var member =
                dice.pick(new ArrayList<>(members.keySet().stream().sorted().toList()));
        var value = members.get(member);
        var salt = dice.below(1000);
        entries.spoil(
                operation,
                entry -> (entry.path("id").asLong() * 31 + salt) % 4 == 0,
                member,
                "".equals(value) ? null : value);
    }
}
