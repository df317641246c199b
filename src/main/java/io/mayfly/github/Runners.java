package io.mayfly.github;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mayfly.github.Registration.NameTaken;
import io.mayfly.github.Registration.Registered;
import io.mayfly.http.Answer;
import io.mayfly.metrics.Measurements;
import io.mayfly.metrics.Metric;
import io.mayfly.time.Deadline;
import io.mayfly.time.TimeLimits;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The self-hosted runners of a repository or an organization. */
@Singleton
public class Runners {

    private final GitHubClient github;
    private final GitHubAnswers answers;
    private final ObjectMapper mapper;
    private final TimeLimits limits;
    private final Measurements measurements;

    Runners(
            GitHubClient github,
            GitHubAnswers answers,
            ObjectMapper mapper,
            TimeLimits limits,
            Measurements measurements) {
        this.github = github;
        this.answers = answers;
        this.mapper = mapper;
        this.limits = limits;
        this.measurements = measurements;
    }

    /** How a deregistration ended. */
    public enum Deregistration {
        /** Answered 204. */
        DELETED,
        /** Answered 404: there is none (any more). */
        ABSENT,
        /** Answered 422: it runs a job. */
        BUSY
    }

    /**
     * Registers a runner for one job by a just-in-time configuration.
     *
     * @param labels all of them: GitHub adds none to a runner that is registered so
     */
    public Registration register(
            Scope scope, String name, long groupId, List<String> labels, long installation, Deadline deadline) {
        var path = runners(scope) + "/generate-jitconfig";
        var body = mapper.createObjectNode()
                .put("name", name)
                .put("runner_group_id", groupId)
                .put("work_folder", "_work");
        labels.forEach(body.putArray("labels")::add);
        var answer = call("POST", path, bytes(body), installation, scope, deadline);
        if (answer.status() == 409) {
            return new NameTaken();
        }
        var call = "POST " + path;
        if (answer.status() != 201) {
            throw answers.refused(answer, call, scope.permission() + ": write");
        }
        var json = answers.json(answer, call);
        var id = json.path("runner").path("id");
        var config = json.path("encoded_jit_config");
        if (!id.canConvertToLong() || id.asLong() <= 0 || !config.isTextual()) {
            throw answers.notUnderstood(call, answer);
        }
        measurements.count(Metric.REGISTRATIONS);
        return new Registered(id.asLong(), config.asText());
    }

    /** A runner by its id; null when GitHub knows none. */
    public @Nullable Runner get(Scope scope, long id, long installation, Deadline deadline) {
        var path = runners(scope) + "/" + id;
        var answer = call("GET", path, GitHubHttp.NO_BODY, installation, scope, deadline);
        return switch (answer.status()) {
            case 200 -> runner(answers.json(answer, "GET " + path), "GET " + path, answer);
            case 404 -> null;
            default -> throw answers.refused(answer, "GET " + path, scope.permission() + ": read");
        };
    }

    /** A runner by its name; null when GitHub lists none, which need not mean that there is none. */
    public @Nullable Runner find(Scope scope, String name, long installation, Deadline deadline) {
        var path = runners(scope) + "?per_page=100&name=" + URLEncoder.encode(name, StandardCharsets.UTF_8);
        var answer = call("GET", path, GitHubHttp.NO_BODY, installation, scope, deadline);
        var call = "GET " + runners(scope);
        if (answer.status() != 200) {
            throw answers.refused(answer, call, scope.permission() + ": read");
        }
        for (var listed : answers.json(answer, call).path("runners")) {
            var runner = runner(listed, call, answer);
            if (runner.name().equals(name)) {
                return runner;
            }
        }
        return null;
    }

    /** All runners of a scope as GitHub lists them, which can lag and omit some. */
    public List<Runner> list(Scope scope, long installation, Deadline deadline) {
        var found = new ArrayList<Runner>();
        var call = "GET " + runners(scope);
        var pages = new Pages();
        while (pages.hasNext()) {
            var answer =
                    call("GET", runners(scope) + pages.next("?"), GitHubHttp.NO_BODY, installation, scope, deadline);
            if (answer.status() != 200) {
                throw answers.refused(answer, call, scope.permission() + ": read");
            }
            for (var listed : pages.read(answers.json(answer, call).path("runners"))) {
                found.add(runner(listed, call, answer));
            }
        }
        return found;
    }

    /** Deletes a registration. Only {@link Deregistration#BUSY} says something of the runner's work. */
    public Deregistration deregister(Scope scope, long id, long installation, Deadline deadline) {
        var path = runners(scope) + "/" + id;
        var answer =
                github.call("DELETE", path, GitHubHttp.NO_BODY, installation, scope, limits.deregister(), deadline);
        return switch (answer.status()) {
            case 204 -> {
                measurements.count(Metric.DEREGISTRATIONS);
                yield Deregistration.DELETED;
            }
            case 404 -> Deregistration.ABSENT;
            case 422 -> Deregistration.BUSY;
            default -> throw answers.refused(answer, "DELETE " + path, scope.permission() + ": write");
        };
    }

    private Answer call(String method, String path, byte[] body, long installation, Scope scope, Deadline deadline) {
        return github.call(
                method,
                path,
                body,
                installation,
                scope,
                body.length == 0 ? limits.lookup() : limits.jitConfig(),
                deadline);
    }

    private Runner runner(JsonNode node, String call, Answer answer) {
        if (!node.path("id").canConvertToLong() || !node.path("name").isTextual()) {
            throw answers.notUnderstood(call, answer);
        }
        var online = "online".equals(node.path("status").asText());
        var busy = node.path("busy").asBoolean(false);
        var version = node.path("version");
        var neverOnline = "offline".equals(node.path("status").asText())
                && !busy
                && (version.isNull() || (version.isTextual() && version.asText().isEmpty()));
        var labels = new ArrayList<String>();
        node.path("labels").forEach(label -> labels.add(label.path("name").asText()));
        return new Runner(node.path("id").asLong(), node.path("name").asText(), online, busy, neverOnline, labels);
    }

    private byte[] bytes(JsonNode body) {
        try {
            return mapper.writeValueAsBytes(body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String runners(Scope scope) {
        return "/" + scope.path() + "/actions/runners";
    }
}
