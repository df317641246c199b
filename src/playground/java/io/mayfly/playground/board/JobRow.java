package io.mayfly.playground.board;

import io.mayfly.playground.aws.EmulatedInstance;
import io.mayfly.playground.github.EmulatedJob;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What the page shows of a job's life. Guarded by the board it is on. */
public final class JobRow {

    /** A job that fails for hours has the same steps again and again. */
    private static final int MOST_STEPS = 60;

    private static final int MOST_EXCHANGES = 200;

    /** The function has answered that the job is none of its own, or no longer to be served. */
    public static final String IGNORED = "ignored";

    private static final List<String> ONLY_FORWARD = List.of("running", "completed", "ended");

    private final long id;
    private final long run;
    private final String name;
    private final String repository;
    private final Instant queuedAt;
    private final List<Step> steps = new ArrayList<>();
    private final List<Long> exchanges = new ArrayList<>();
    private String state = "waiting";
    private @Nullable EmulatedInstance instance;
    private String runner = "";
    private long version;

    public JobRow(long id, long run, String name, String repository, Instant queuedAt) {
        this.id = id;
        this.run = run;
        this.name = name;
        this.repository = repository;
        this.queuedAt = queuedAt;
    }

    public static JobRow of(EmulatedJob job, Instant queuedAt) {
        return new JobRow(job.id(), job.runId(), job.name(), job.repository(), queuedAt);
    }

    long id() {
        return id;
    }

    long version() {
        return version;
    }

    void changed(long value) {
        version = value;
    }

    public String state() {
        return state;
    }

    /** Whether one was launched for it. */
    public boolean hasInstance() {
        return instance != null;
    }

    public boolean ended() {
        return state.equals("ended");
    }

    public List<Step> steps() {
        return List.copyOf(steps);
    }

    public List<Long> exchanges() {
        return List.copyOf(exchanges);
    }

    public void exchange(long exchange) {
        if (exchanges.size() == MOST_EXCHANGES) {
            exchanges.removeFirst();
        }
        exchanges.add(exchange);
    }

    /** A job that runs can only come to its end, whatever becomes of other instances that were launched for it. */
    public void state(String value) {
        if (ONLY_FORWARD.indexOf(value) >= ONLY_FORWARD.indexOf(state)) {
            state = value;
        }
    }

    public void servedBy(EmulatedInstance value, String name) {
        if (!ONLY_FORWARD.contains(state)) {
            instance = value;
            runner = name;
        }
    }

    public void step(Step.Stage stage, Step.Kind kind, String note, Instant now) {
        if (steps.size() == MOST_STEPS) {
            steps.removeFirst();
        }
        steps.add(new Step(stage, Math.max(0, Duration.between(queuedAt, now).toMillis()), kind, note));
    }

    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", id);
        json.put("run", run);
        json.put("name", name);
        json.put("repo", repository);
        json.put("at", queuedAt.toEpochMilli());
        json.put("state", state);
        json.put("steps", steps.stream().map(Step::json).toList());
        EmulatedInstance by = instance;
        if (by != null) {
            json.put("instance", by.id());
            json.put("type", by.type());
            json.put("zone", by.zone());
            json.put("market", by.market());
            json.put("subnet", Objects.requireNonNullElse(by.subnet(), ""));
            json.put("runner", runner);
        }
        return json;
    }
}
