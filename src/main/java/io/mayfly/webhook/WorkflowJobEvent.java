package io.mayfly.webhook;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import io.mayfly.github.GitHubName;
import io.mayfly.outcome.BadEventException;
import io.mayfly.runner.CompletedJob;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The fields of a {@code workflow_job} event that are in use. Each is read when it is needed, and doubted. */
final class WorkflowJobEvent {

    private static final int MAX_NESTING = 64;

    private static final ObjectReader READER = new ObjectMapper(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_NESTING)
                            .build())
                    .build())
            .readerFor(JsonNode.class)
            .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private final EventNode event;

    private WorkflowJobEvent(EventNode event) {
        this.event = event;
    }

    /** @throws BadEventException when the body is no JSON object, or nested too deeply */
    static WorkflowJobEvent parse(byte[] body) {
        JsonNode json;
        try {
            json = READER.readValue(body);
        } catch (IOException e) {
            throw new BadEventException("body is no valid JSON, or is nested over " + MAX_NESTING);
        }
        if (json == null || !json.isObject()) {
            throw new BadEventException("body is no JSON object");
        }
        return new WorkflowJobEvent(new EventNode("", json));
    }

    String action() {
        return event.neededText("action");
    }

    long jobId() {
        return job().neededId("id");
    }

    /** The attempt of the run, from 1; Enterprise Servers before 3.6 don't tell. */
    long attempt() {
        return Math.max(1, job().idOrNone("run_attempt"));
    }

    boolean isQueued() {
        return "queued".equals(job().neededText("status"));
    }

    List<String> labels() {
        return job().texts("labels");
    }

    @Nullable
    Instant createdAt() {
        return job().instant("created_at");
    }

    /** Whether the job is behind an environment; GitHub sends such a one as queued twice. */
    boolean hasDeployment() {
        return event.has("deployment");
    }

    /** {@code owner/name}. */
    String repository() {
        return name(repositoryNode(), "full_name", repositoryNode().neededText("full_name"), GitHubName::isRepository);
    }

    boolean isPublic() {
        var isPrivate = repositoryNode().flag("private");
        if (isPrivate == null) {
            throw repositoryNode().wrong("private", "is missing");
        }
        return !isPrivate;
    }

    @Nullable
    String organization() {
        var organization = event.child("organization");
        var login = organization.text("login");
        return login == null || login.isEmpty() ? null : name(organization, "login", login, GitHubName::isLogin);
    }

    long installation() {
        return event.child("installation").neededId("id");
    }

    @Nullable
    String workflow() {
        return job().text("workflow_name");
    }

    @Nullable
    Instant startedAt() {
        return job().instant("started_at");
    }

    @Nullable
    String runnerName() {
        return job().text("runner_name");
    }

    /** What is nice to know; null where the event does not hold it in the form that GitHub documents. */
    static <T> @Nullable T hint(Supplier<@Nullable T> field) {
        try {
            return field.get();
        } catch (BadEventException e) {
            return null;
        }
    }

    CompletedJob completed() {
        var runnerName = job().text("runner_name");
        return new CompletedJob(
                jobId(),
                repository(),
                job().idOrNone("runner_id"),
                runnerName == null ? "" : runnerName,
                "skipped".equals(job().text("conclusion")),
                hint(this::workflow),
                hint(() -> job().instant("completed_at")));
    }

    private EventNode job() {
        return event.child("workflow_job");
    }

    private EventNode repositoryNode() {
        return event.child("repository");
    }

    private static String name(EventNode node, String key, String value, Predicate<String> isAllowed) {
        if (!isAllowed.test(value)) {
            throw node.wrong(key, "is no name that GitHub allows");
        }
        return value;
    }
}
