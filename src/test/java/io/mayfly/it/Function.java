package io.mayfly.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mayfly.playground.aws.EmulatedInstance;
import io.mayfly.playground.aws.EmulatedQueue;
import io.mayfly.playground.github.EmulatedJob;
import io.mayfly.playground.github.GitHubApp;
import io.mayfly.playground.github.GitHubEmulator;
import io.mayfly.playground.host.FunctionAnswer;
import io.mayfly.playground.host.FunctionProcess;
import io.mayfly.playground.host.FunctionUrlEvent;
import io.mayfly.playground.host.RunningFunction;
import io.mayfly.playground.host.RuntimeApi;
import io.mayfly.playground.wire.Call;
import io.mayfly.playground.wire.Fault;
import io.mayfly.playground.wire.ManualClock;
import io.mayfly.playground.world.Playground;
import io.mayfly.playground.world.SignedClaim;
import io.mayfly.playground.world.SignedWebhook;
import io.mayfly.time.Sleeper;
import io.mayfly.time.TimeLimits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * The function with its surroundings, for one test: within the tests' process, or as a process of its own where the test is
 * about that, or where {@code mayfly.function} names a package. Whatever a test is about, at its end nothing that was
 * answered or logged may hold a secret, a stack trace or the name of one of our classes.
 */
final class Function implements AutoCloseable {

    private static final @Nullable String PACKAGE = System.getProperty("mayfly.function");
    private static final Path ZIP = Path.of(PACKAGE == null ? "target/function.zip" : PACKAGE);
    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** To make a key takes longer than most tests. */
    private static final GitHubApp APP = GitHubApp.generate();

    private static final Map<Integer, GitHubApp> FURTHER_APPS = Map.of(
            2, GitHubApp.generate(67890, "Iv23liMayflySecond"), 3, GitHubApp.generate(13579, "Iv23liMayflyThird"));

    private static final int MOST_DELIVERIES = 10;

    /** What is shorter may be part of another text. */
    private static final int LONG_ENOUGH = 20;

    /** How it runs. */
    private enum Host {
        WITHIN,
        PROCESS
    }

    private final Host host;
    private final InstantSource clock;
    private final Playground playground;
    private final boolean ownsPlayground;
    private final Map<String, String> environment;
    private final List<String> written = new ArrayList<>();
    private final Set<String> secrets = ConcurrentHashMap.newKeySet();
    private final Path log;
    private TimeLimits limits = Patience.withAll();
    private @Nullable RunningFunction running;
    private boolean verbose;

    Function() {
        this(PACKAGE == null ? Host.WITHIN : Host.PROCESS);
    }

    /** Within the tests' process, in a time that passes only where the function waits. */
    static Function within() {
        return new Function(Host.WITHIN);
    }

    /** As a process of its own, whatever the others are. */
    static Function asProcess() {
        return new Function(Host.PROCESS);
    }

    /** In real time, so that processes can take part. */
    static Function inRealTime() {
        return new Function(PACKAGE == null ? Host.WITHIN : Host.PROCESS, InstantSource.system());
    }

    private Function(Host host) {
        this(host, host == Host.WITHIN ? new ManualClock(Instant.now()) : InstantSource.system());
    }

    private Function(Host host, InstantSource clock) {
        this(host, clock, Playground.start(clock, APP), true);
    }

    private Function(Host host, InstantSource clock, Playground playground, boolean ownsPlayground) {
        this.host = host;
        this.clock = clock;
        this.playground = playground;
        this.ownsPlayground = ownsPlayground;
        this.environment = new HashMap<>(playground.environment());
        if (host == Host.PROCESS) {
            // Real seconds, of which none is needed here.
            playground.queue().delay(Duration.ZERO);
        }
        try {
            var logs = Files.createDirectories(Path.of("target", "function-logs"));
            log = Files.createTempFile(logs, "function-", ".log");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Another execution environment of the same function. */
    Function another() {
        return new Function(host, clock, playground, false);
    }

    /** Another one that gives up on this call at once, and on all others not for minutes. A process has its own limits. */
    Function withoutPatienceFor(String call) {
        var other = another();
        other.limits = Patience.withAllBut(call);
        return other;
    }

    /** Another one that gives up on all at once but the lists of a sweep. */
    Function withPatienceForLists() {
        var other = another();
        other.limits = Patience.withListsOnly();
        return other;
    }

    /** The time in which it all happens. */
    Instant now() {
        return clock.instant();
    }

    /** Sets a variable of the function, before its first event. */
    Function with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    /** Has it log at the most verbose level that the binary has, at which libraries log stack traces too. */
    Function verbose() {
        verbose = true;
        return with("QUARKUS_LOG_LEVEL", "DEBUG");
    }

    /** Takes a variable away. */
    Function without(String variable) {
        environment.remove(variable);
        return this;
    }

    /** Takes a parameter away. */
    void withoutParameter(String name) {
        playground.aws().parameters().remove("/mayfly/playground/" + name);
    }

    /** Lets time pass, where it passes by itself for nobody. */
    void pass(Duration time) {
        if (clock instanceof ManualClock own) {
            own.passUntil(own.instant().plus(time));
        }
    }

    /** A further App that registers runners, which is installed where the first one is. */
    GitHubEmulator withApp(int number) {
        var app = FURTHER_APPS.get(number);
        if (app == null) {
            throw new IllegalArgumentException("no App " + number);
        }
        app.privateKeyPem().lines().filter(line -> line.length() > LONG_ENOUGH).forEach(secrets::add);
        return playground.furtherApp(number, app);
    }

    /** An instance for which the App of this number, of so many, comes first. */
    EmulatedInstance launchedFor(int app, int of) {
        while (true) {
            var instance = launched(playground.queueJob());
            if (Math.floorMod(instance.id().hashCode(), of) == app - 1) {
                return instance;
            }
        }
    }

    /** The pools of the playground with one pool changed. */
    Function withPool(Consumer<ObjectNode> change) {
        try {
            var pools = MAPPER.readTree(playground
                    .aws()
                    .parameters()
                    .find("/mayfly/playground/pools")
                    .orElseThrow());
            change.accept((ObjectNode) pools.get(0));
            playground.parameter("pools", pools.toString());
            return this;
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    Playground playground() {
        return playground;
    }

    /** Starts an execution environment where there is none. */
    void start() {
        started();
    }

    /** Ends the execution environment; the next event starts a new one. */
    void kill() {
        if (running != null) {
            running.kill();
        }
    }

    private RunningFunction started() {
        var before = running;
        if (before != null && before.isAlive()) {
            return before;
        }
        if (before != null) {
            before.close();
        }
        var next = host == Host.PROCESS ? process() : within(environment, log, clock, limits);
        running = next;
        return next;
    }

    private FunctionProcess process() {
        FirstLife.of(ZIP);
        return FunctionProcess.start(ZIP, environment, log, List.of());
    }

    private static FunctionInProcess within(
            Map<String, String> environment, Path log, InstantSource clock, TimeLimits limits) {
        return clock instanceof ManualClock own
                ? FunctionInProcess.start(
                        environment,
                        log,
                        own,
                        pause -> own.passUntil(own.instant().plus(pause)),
                        limits)
                : FunctionInProcess.start(environment, log, clock, Sleeper.system(), limits);
    }

    RuntimeApi.Result invoke(byte[] event) {
        var result = started().invoke(event);
        written.add(result.text());
        return result;
    }

    /** Hands over an event that arrives when there is somebody to take it. */
    RuntimeApi.Result invoke(FunctionUrlEvent event) {
        started();
        return invoke(event.json(now()));
    }

    FunctionAnswer send(FunctionUrlEvent event) {
        return FunctionAnswer.of(invoke(event));
    }

    /** Delivers what has happened to a job. */
    FunctionAnswer deliver(EmulatedJob job, String action) {
        return send(delivery(job, action));
    }

    /** In real time a job is as young as on a fast machine, however long it took to get here. */
    private FunctionUrlEvent delivery(EmulatedJob job, String action) {
        return clock instanceof ManualClock || !action.equals("queued")
                ? playground.delivery(job.id(), action)
                : changed(
                        job,
                        action,
                        event -> event.withObject("workflow_job")
                                .put(
                                        "created_at",
                                        now().truncatedTo(ChronoUnit.SECONDS).toString()));
    }

    /** Delivers a payload after a change, with a right signature. */
    FunctionAnswer deliver(EmulatedJob job, String action, Consumer<ObjectNode> change) {
        return send(changed(job, action, change));
    }

    FunctionUrlEvent changed(EmulatedJob job, String action, Consumer<ObjectNode> change) {
        try {
            var payload = (ObjectNode) MAPPER.readTree(playground
                    .github()
                    .event(playground.github().jobs().find(job.id()).orElseThrow(), action, Playground.INSTALLATION));
            change.accept(payload);
            return SignedWebhook.of(
                    "workflow_job", payload.toString().getBytes(StandardCharsets.UTF_8), Playground.SECRET);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A delivery of any bytes with a right signature. */
    FunctionAnswer deliver(String event, byte[] body) {
        return send(SignedWebhook.of(event, body, Playground.SECRET));
    }

    /**
     * The delivery while a process of the function dies at a call.
     *
     * @param carriedOut whether it dies before the answer to the call, or before the call is carried out
     */
    void deliverAndDie(EmulatedJob job, String action, String call, boolean carriedOut) {
        dieAt(() -> delivery(job, action), call, carriedOut);
    }

    /** The same of a claim. */
    void claimAndDie(EmulatedInstance instance, String call, boolean carriedOut) {
        dieAt(() -> claimOf(instance).event(), call, carriedOut);
    }

    /** The same of messages of the queue. */
    void consumeAndDie(byte[] event, String call, boolean carriedOut) {
        dieAtBytes(() -> event, call, carriedOut);
    }

    private void dieAt(Supplier<FunctionUrlEvent> event, String call, boolean carriedOut) {
        dieAtBytes(() -> event.get().json(now()), call, carriedOut);
    }

    private void dieAtBytes(Supplier<byte[]> event, String call, boolean carriedOut) {
        if (running != null) {
            running.close();
        }
        if (call.equals("GetParameters")) {
            // They are read at the start already; where that fails, by the first event.
            playground.aws().faults().on(call).times(1).error("InternalServerError", 500);
        }
        var dying = process();
        running = dying;
        playground.aws().faults().hook(new Killer(call, carriedOut, dying::kill));
        try {
            assertThat(dies(dying, event))
                    .as("the function is killed at %s", call)
                    .isTrue();
        } finally {
            playground.aws().faults().hook(made -> Fault.PROCEED);
        }
    }

    /** On a slow machine it may miss a limit of production before it gets to the call; then it gets the event again. */
    private boolean dies(RunningFunction dying, Supplier<byte[]> event) {
        for (var delivery = 1; delivery <= MOST_DELIVERIES; delivery++) {
            try {
                written.add(dying.invoke(event.get()).text());
            } catch (IllegalStateException died) {
                return !dying.isAlive();
            }
        }
        return false;
    }

    /** The first messages of the queue, when they are to be had. */
    List<EmulatedQueue.Message> handedOver() {
        pass(Duration.ofSeconds(3));
        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .until(() -> !playground.queue().isDelayed());
        return playground.messages();
    }

    List<String> calls() {
        return playground.log().calls().stream().map(Call::name).toList();
    }

    List<EmulatedInstance> live() {
        return playground.aws().instances().live();
    }

    String log() {
        return started().log();
    }

    /** What an instance sends to claim its runner. */
    SignedClaim claimOf(EmulatedInstance instance) {
        return SignedClaim.of(instance, now(), Playground.REGION);
    }

    /** A claim, whose answer alone may hold a configuration. */
    FunctionAnswer claim(SignedClaim claim) {
        Stream.of(claim.ticket(), claim.fields().get("token"), claim.fields().get("signature"))
                .map(String::valueOf)
                .filter(secret -> secret.length() > LONG_ENOUGH)
                .forEach(secrets::add);
        return claim(claim.event());
    }

    /** A claim in whatever form. */
    FunctionAnswer claim(FunctionUrlEvent event) {
        var function = started();
        var result = function.invoke(event.json(now()));
        var answer = FunctionAnswer.of(result);
        if (answer.status() == 200) {
            secrets.add(answer.field("jit"));
        } else {
            written.add(result.text());
        }
        return answer;
    }

    /** An instance claims its runner as soon as it may. */
    FunctionAnswer claim(EmulatedInstance instance) {
        return claim(claimOf(instance));
    }

    /** A job that was launched for, and its instance with its runner's configuration. */
    EmulatedInstance claimed(EmulatedJob job) {
        return claimed(launched(job));
    }

    /** An instance that has got its runner's configuration. */
    EmulatedInstance claimed(EmulatedInstance instance) {
        var answer = claim(instance);
        assertThat(answer.status()).as("%d %s", answer.status(), answer.body()).isEqualTo(200);
        return playground.aws().instances().find(instance.id()).orElseThrow();
    }

    /** A job that was launched by its webhook, which came at once however long the job waits by now, and its instance. */
    EmulatedInstance launched(EmulatedJob job) {
        var answer = deliver(
                job,
                "queued",
                payload -> payload.withObject("workflow_job")
                        .put("created_at", now().truncatedTo(ChronoUnit.SECONDS).toString()));
        assertThat(answer.status()).as(answer.toString()).isEqualTo(201);
        return playground.aws().instances().find(answer.field("instanceId")).orElseThrow();
    }

    static long runnerId(EmulatedInstance instance) {
        return Long.parseLong(instance.tags().getOrDefault("mayfly:runner-id", ""));
    }

    /** The job's runner connects and takes it. */
    void takesJob(EmulatedInstance instance, EmulatedJob job) {
        var id = runnerId(instance);
        playground.github().runners().connect(id);
        playground.github().jobs().assign(job.id(), id);
        playground.github().runners().begin(id);
    }

    /** The runner has done the job; as an ephemeral one it is gone from GitHub. */
    void finishes(EmulatedInstance instance, EmulatedJob job) {
        playground.github().runners().finish(runnerId(instance));
        playground.github().jobs().complete(job.id(), "success");
    }

    @Override
    public void close() {
        if (running != null) {
            running.close();
            written.add(running.log());
        }
        if (ownsPlayground) {
            playground.close();
        }
        var never = new ArrayList<>(List.of(Playground.SECRET, "wJalrXUtnFEMI", "ghs_", "PRIVATE KEY"));
        environment.forEach((name, value) -> {
            if (name.contains("SECRET") || name.contains("PRIVATE_KEY")) {
                never.add(value);
            }
        });
        never.addAll(secrets);
        for (var text : written) {
            assertThat(text).doesNotContain(never);
            if (!verbose) {
                assertThat(text).doesNotContain("\tat ", "Exception:", "\"exceptionType\"");
            }
        }
    }
}
