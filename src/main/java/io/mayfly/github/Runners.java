package io.mayfly.github;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mayfly.github.Registration.NameTaken;
import io.mayfly.github.Registration.Registered;
import io.mayfly.http.Answer;
import io.mayfly.json.JsonFields;
import io.mayfly.metrics.Measurements;
import io.mayfly.metrics.Metric;
import io.mayfly.time.Deadline;
import io.mayfly.time.TimeLimits;
import jakarta.inject.Singleton;
import java.io.UncheckedIOException;
import java.time.Duration;
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
     * @param name a name of ours
     * @param labels all of them: GitHub adds none to a runner that is registered so
     */
    public Registration register(InstalledScope at, String name, long groupId, List<String> labels, Deadline deadline) {
        var path = runners(at).slash("generate-jitconfig");
        var body = mapper.createObjectNode()
                .put("name", name)
                .put("runner_group_id", groupId)
                .put("work_folder", "_work");
        labels.forEach(body.putArray("labels")::add);
        var answer = call("POST", path, bytes(body), at, limits.jitConfig(), deadline);
        if (answer.status() == 409) {
            return new NameTaken();
        }
        var call = "POST " + path;
        if (answer.status() != 201) {
            throw answers.refused(answer, call, at.app());
        }
        var registered = answers.read(answer, call, fields -> registered(fields, name));
        measurements.count(Metric.REGISTRATIONS);
        return registered;
    }

    /** Another runner's configuration would have its job run where nobody asked for it. */
    private static Registered registered(JsonFields fields, String name) {
        var runner = fields.child("runner");
        if (!runner.neededText("name").equals(name)) {
            throw runner.wrong("name", "is not the one that was asked for");
        }
        return new Registered(
                new OwnRunner(new RunnerId(runner.neededId("id")), name), fields.neededText("encoded_jit_config"));
    }

    /** A runner by its id; null when GitHub knows none. */
    public @Nullable Runner get(InstalledScope at, RunnerId id, Deadline deadline) {
        var path = runners(at).slash(id);
        var answer = call("GET", path, GitHubHttp.NO_BODY, at, limits.lookup(), deadline);
        if (answer.status() == 404) {
            return null;
        }
        return answers.read(good(answer, "GET " + path), "GET " + path, fields -> {
            var runner = runner(fields);
            if (!runner.id().equals(id)) {
                throw fields.wrong("id", "is not the one that was asked for");
            }
            return runner;
        });
    }

    /** A runner by its name; null when GitHub lists none, which need not mean that there is none. */
    public @Nullable Runner find(InstalledScope at, String name, Deadline deadline) {
        var call = "GET " + runners(at);
        var answer = call(
                "GET",
                runners(at).with("per_page", Pages.SIZE).with("name", name),
                GitHubHttp.NO_BODY,
                at,
                limits.lookup(),
                deadline);
        return answers.list(good(answer, call), call, "runners", Runners::runner).entries().stream()
                .filter(runner -> runner.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    /** The runners of a scope as GitHub lists them, which can lag and omit some. */
    public Listing<Runner> list(InstalledScope at, Deadline deadline) {
        var found = new ArrayList<Runner>();
        var call = "GET " + runners(at);
        var pages = new Pages();
        while (pages.hasNext()) {
            var answer = call("GET", pages.next(runners(at)), GitHubHttp.NO_BODY, at, limits.list(), deadline);
            found.addAll(pages.read(answers.list(good(answer, call), call, "runners", Runners::runner))
                    .entries());
        }
        return new Listing<>(found, pages.areWhole());
    }

    /** Deletes a registration of ours. Only {@link Deregistration#BUSY} says something of the runner's work. */
    public Deregistration deregister(InstalledScope at, OwnRunner runner, Deadline deadline) {
        var path = runners(at).slash(runner.id());
        var answer = call("DELETE", path, GitHubHttp.NO_BODY, at, limits.deregister(), deadline);
        return switch (answer.status()) {
            case 204 -> {
                measurements.count(Metric.DEREGISTRATIONS);
                yield Deregistration.DELETED;
            }
            case 404 -> Deregistration.ABSENT;
            case 422 -> Deregistration.BUSY;
            default -> throw answers.refused(answer, "DELETE " + path);
        };
    }

    private Answer call(
            String method, ApiPath path, byte[] body, InstalledScope at, Duration limit, Deadline deadline) {
        return github.call(method, path, body, at, limit, deadline);
    }

    private Answer good(Answer answer, String call) {
        if (answer.status() != 200) {
            throw answers.refused(answer, call);
        }
        return answer;
    }

    private static Runner runner(JsonFields fields) {
        var status = fields.neededText("status");
        var busy = fields.neededFlag("busy");
        var version = fields.text("version");
        var neverOnline = "offline".equals(status)
                && !busy
                && fields.json().has("version")
                && (version == null || version.isEmpty());
        var labels = new ArrayList<String>();
        for (JsonNode label : fields.neededArray("labels")) {
            labels.add(JsonFields.of("labels", label, "a label").neededText("name"));
        }
        return new Runner(
                new RunnerId(fields.neededId("id")),
                fields.neededText("name"),
                "online".equals(status),
                busy,
                neverOnline,
                labels);
    }

    private byte[] bytes(JsonNode body) {
        try {
            return mapper.writeValueAsBytes(body);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ApiPath runners(InstalledScope at) {
        return at.scope().api().slash("actions", "runners");
    }
}
