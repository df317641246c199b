package io.mayfly.playground.github;

import io.mayfly.playground.wire.Json;
import io.mayfly.playground.wire.Recorder;
import java.time.InstantSource;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The bodies of {@code workflow_job} events. */
final class WorkflowJobPayloads {

    private final EmulatedRepositories repositories;
    private final @Nullable GitHubExamples examples;
    private final InstantSource clock;

    /** @param examples null: with what matters alone */
    WorkflowJobPayloads(EmulatedRepositories repositories, @Nullable GitHubExamples examples, InstantSource clock) {
        this.repositories = repositories;
        this.examples = examples;
        this.clock = clock;
    }

    /** Of a job as it is now; of one that has ended early, as ended. */
    String of(EmulatedJob job, String action, long installation) {
        boolean endedEarly = examples != null && action.equals("completed") && job.completedAt() == null;
        EmulatedJob shown = endedEarly ? job.ended("cancelled", clock.instant()) : job;
        String known = Json.write(Map.of(
                "action", action,
                "workflow_job", shown.json(),
                "repository", repositories.json(job.repository()),
                "organization", Map.of("login", job.owner(), "id", 42),
                "sender", Map.of("login", "octocat", "id", 1, "type", "User"),
                "installation", Map.of("id", installation, "node_id", "MDIz")));
        if (examples == null) {
            return known;
        }
        String payload = examples.event(known, repositories.current(job.repository()));
        Recorder.ofProcess().event("workflow_job", payload);
        return payload;
    }
}
