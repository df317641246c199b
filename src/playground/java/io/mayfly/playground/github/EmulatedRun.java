package io.mayfly.playground.github;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A workflow run as GitHub shows it.
 *
 * @param jobs of all attempts
 * @param status as the API says it: queued, in_progress, completed, waiting, pending, requested, or one that is not known yet
 */
record EmulatedRun(long id, List<EmulatedJob> jobs, String status, Instant createdAt) {

    int attempt() {
        return jobs.stream().mapToInt(EmulatedJob::runAttempt).max().orElse(1);
    }

    /** Whether a search by status finds it: GitHub takes a conclusion for one, too. */
    boolean isFoundBy(String wanted) {
        return wanted.equals(status) || wanted.equals(conclusion());
    }

    private @Nullable String conclusion() {
        return status.equals("completed") && !jobs.isEmpty() ? jobs.getLast().conclusion() : null;
    }

    Map<String, @Nullable Object> json() {
        String created = EmulatedJob.time(createdAt);
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("id", id);
        json.put("name", "CI");
        json.put("event", "push");
        json.put("head_branch", "main");
        json.put("status", status);
        json.put("conclusion", conclusion());
        json.put("run_attempt", attempt());
        json.put("created_at", created);
        json.put("updated_at", created);
        json.put("run_started_at", created);
        return json;
    }
}
