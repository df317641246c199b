package io.mayfly.playground.github;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A runner as it really is.
 *
 * @param scope {@code repos/OWNER/NAME} or {@code orgs/OWNER}
 * @param version of the runner application; null until it connected for the first time
 * @param registered whether GitHub has its registration; without, a busy runner still ends its job
 */
public record EmulatedRunner(
        long id,
        String scope,
        String name,
        List<String> labels,
        long groupId,
        boolean online,
        boolean busy,
        @Nullable String version,
        boolean registered) {

    /** What a runner of today says about itself. */
    private static final String VERSION = "2.337.0";

    static EmulatedRunner registered(long id, String scope, String name, List<String> labels, long groupId) {
        return new EmulatedRunner(id, scope, name, labels, groupId, false, false, null, true);
    }

    EmulatedRunner connected() {
        return new EmulatedRunner(id, scope, name, labels, groupId, true, busy, VERSION, registered);
    }

    EmulatedRunner disconnected() {
        return new EmulatedRunner(id, scope, name, labels, groupId, false, busy, version, registered);
    }

    EmulatedRunner withBusy(boolean value) {
        return new EmulatedRunner(id, scope, name, labels, groupId, online, value, version, registered);
    }

    EmulatedRunner deregistered() {
        return new EmulatedRunner(id, scope, name, labels, groupId, online, busy, version, false);
    }

    EmulatedRunner finished() {
        return new EmulatedRunner(id, scope, name, labels, groupId, false, false, version, false);
    }

    EmulatedRunner inScope(String value) {
        return new EmulatedRunner(id, value, name, labels, groupId, online, busy, version, registered);
    }

    boolean in(String other) {
        return scope.equalsIgnoreCase(other);
    }

    /** Whether it may take a job: its repository or organization fits, and it has all the job's labels. */
    boolean fits(EmulatedJob job) {
        boolean reaches = in("repos/" + job.repository()) || in("orgs/" + job.owner());
        return reaches
                && job.labels().stream().allMatch(label -> labels.stream().anyMatch(label::equalsIgnoreCase));
    }

    Map<String, @Nullable Object> json() {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("id", id);
        json.put("runner_group_id", groupId);
        json.put("name", name);
        json.put("os", version == null ? "unknown" : "linux");
        json.put("status", online ? "online" : "offline");
        json.put("busy", busy);
        List<Map<String, Object>> shown = new ArrayList<>();
        for (String label : labels) {
            shown.add(Map.of("id", shown.size() + 1, "name", label, "type", "custom"));
        }
        json.put("labels", shown);
        json.put("ephemeral", true);
        json.put("version", version);
        return json;
    }
}
