package io.mayfly.webhook;

import io.mayfly.github.InstallationId;
import io.mayfly.github.Login;
import io.mayfly.github.Organization;
import io.mayfly.github.Repository;
import io.mayfly.github.RepositoryName;
import io.mayfly.github.RunnerId;
import io.mayfly.json.JsonFields;
import io.mayfly.json.JsonText;
import io.mayfly.json.MalformedJsonException;
import io.mayfly.runner.CompletedJob;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The fields of a {@code workflow_job} event that are in use. Each is read when it is needed, and doubted. */
final class WorkflowJobEvent {

    private final JsonFields event;

    private WorkflowJobEvent(JsonFields event) {
        this.event = event;
    }

    /** @throws MalformedJsonException when the body is no JSON object, or nested too deeply */
    static WorkflowJobEvent parse(byte[] body) {
        return new WorkflowJobEvent(JsonText.object(body, "body"));
    }

    String action() {
        return event.neededText("action");
    }

    long jobId() {
        return job().neededId("id");
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

    RepositoryName repository() {
        var repository = event.child("repository");
        var name = RepositoryName.parse(repository.neededText("full_name"));
        if (name == null) {
            throw repository.wrong("full_name", "is no name that GitHub allows");
        }
        return name;
    }

    boolean isPublic() {
        return !event.child("repository").neededFlag("private");
    }

    /** The repository with all that is known of it. */
    Repository whole() {
        var repository = event.child("repository");
        return new Repository(
                repository.neededId("id"),
                repository(),
                Boolean.TRUE.equals(repository.flag("private")),
                organization(),
                new InstallationId(event.child("installation").neededId("id")));
    }

    /** GitHub's id of the job's run; null where it is not told. */
    @Nullable
    Long run() {
        var run = hint(() -> job().idOrNone("run_id"));
        return run == null || run == 0 ? null : run;
    }

    private @Nullable Organization organization() {
        var organization = event.child("organization");
        var text = organization.text("login");
        if (text == null || text.isEmpty()) {
            return null;
        }
        var login = Login.parse(text);
        if (login == null) {
            throw organization.wrong("login", "is no name that GitHub allows");
        }
        return new Organization(organization.neededId("id"), login);
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
        } catch (MalformedJsonException e) {
            return null;
        }
    }

    CompletedJob completed() {
        var runnerName = job().text("runner_name");
        var runner = job().idOrNone("runner_id");
        return new CompletedJob(
                jobId(),
                run(),
                repository(),
                event.child("repository").idOrNone("id"),
                event.child("organization").idOrNone("id"),
                runner == 0 ? null : new RunnerId(runner),
                runnerName == null ? "" : runnerName,
                "skipped".equals(job().text("conclusion")),
                hint(this::workflow),
                hint(() -> job().instant("completed_at")));
    }

    private JsonFields job() {
        return event.child("workflow_job");
    }
}
