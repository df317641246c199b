package io.mayfly.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mayfly.playground.aws.EmulatedInstance;
import io.mayfly.playground.github.EmulatedJob;
import io.mayfly.playground.host.FunctionAnswer;
import io.mayfly.playground.host.FunctionProcess;
import io.mayfly.playground.host.FunctionUrlEvent;
import io.mayfly.playground.host.RuntimeApi;
import io.mayfly.playground.wire.Call;
import io.mayfly.playground.wire.Fault;
import io.mayfly.playground.world.Playground;
import io.mayfly.playground.world.SignedWebhook;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The packaged function with its surroundings, for one test. Whatever a test is about, at its end nothing that was
 * answered or logged may hold a secret, a stack trace or the name of one of our classes.
 */
final class Function implements AutoCloseable {

    private static final Path ZIP = Path.of(System.getProperty("mayfly.function", "target/function.zip"));
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final String JIT_CONFIG = "MAYFLY_JIT_CONFIG='";

    private final Playground playground;
    private final boolean ownsPlayground;
    private final Map<String, String> environment;
    private final List<String> written = new ArrayList<>();
    private final Path log;
    private @Nullable FunctionProcess process;
    private boolean verbose;

    Function() {
        this(Playground.start(), true);
    }

    /** Another execution environment of the same function. */
    Function(Playground playground) {
        this(playground, false);
    }

    private Function(Playground playground, boolean ownsPlayground) {
        this.playground = playground;
        this.ownsPlayground = ownsPlayground;
        this.environment = new HashMap<>(playground.environment());
        try {
            var logs = Files.createDirectories(Path.of("target", "function-logs"));
            log = Files.createTempFile(logs, "function-", ".log");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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

    /** Starts the process where it does not run. */
    void start() {
        process();
    }

    /** Kills the process; the next event starts a new one. */
    void kill() {
        if (process != null) {
            process.kill();
        }
    }

    private FunctionProcess process() {
        if (process == null || !process.isAlive()) {
            process = FunctionProcess.start(ZIP, environment, log, List.of());
        }
        return process;
    }

    RuntimeApi.Result invoke(byte[] event) {
        var result = process().invoke(event);
        written.add(result.text());
        return result;
    }

    FunctionAnswer send(FunctionUrlEvent event) {
        return FunctionAnswer.of(invoke(event.json()));
    }

    /** Delivers what has happened to a job. The function is started first: its start counts on the delivery's time. */
    FunctionAnswer deliver(EmulatedJob job, String action) {
        process();
        return send(playground.delivery(job.id(), action));
    }

    /** Delivers a payload after a change, with a right signature. */
    FunctionAnswer deliver(EmulatedJob job, String action, Consumer<ObjectNode> change) {
        return send(changed(job, action, change));
    }

    FunctionUrlEvent changed(EmulatedJob job, String action, Consumer<ObjectNode> change) {
        process();
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
        process();
        return send(SignedWebhook.of(event, body, Playground.SECRET));
    }

    /** The delivery while the function dies when the call begins, before it is carried out. */
    void deliverAndDieBefore(EmulatedJob job, String action, String call) {
        dieAt(job, action, call, false);
    }

    /** The delivery while the function dies when the call is carried out, before it is answered. */
    void deliverAndDieAfter(EmulatedJob job, String action, String call) {
        dieAt(job, action, call, true);
    }

    private void dieAt(EmulatedJob job, String action, String call, boolean carriedOut) {
        if (call.equals("GetParameters") && (process == null || !process.isAlive())) {
            // They are read at the start already; where that fails, by the first event.
            playground.aws().faults().on(call).times(1).error("InternalServerError", 500);
        }
        var running = process();
        playground.aws().faults().hook(new Killer(call, carriedOut, running::kill));
        try {
            var event = playground.delivery(job.id(), action).json();
            assertThatThrownBy(() -> running.invoke(event))
                    .as("the function is killed at %s", call)
                    .isInstanceOf(IllegalStateException.class);
        } finally {
            playground.aws().faults().hook(made -> Fault.PROCEED);
        }
    }

    List<String> calls() {
        return playground.log().calls().stream().map(Call::name).toList();
    }

    List<EmulatedInstance> live() {
        return playground.aws().instances().live();
    }

    String log() {
        return process().log();
    }

    /** A job that was launched, and its instance. */
    EmulatedInstance launched(EmulatedJob job) {
        var answer = deliver(job, "queued");
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
        if (process != null) {
            process.close();
            written.add(process.log());
        }
        if (ownsPlayground) {
            playground.close();
        }
        var secrets = new ArrayList<>(List.of(Playground.SECRET, "wJalrXUtnFEMI", "ghs_", "PRIVATE KEY"));
        environment.forEach((name, value) -> {
            if (name.contains("SECRET") || name.contains("PRIVATE_KEY")) {
                secrets.add(value);
            }
        });
        playground.aws().instances().all().stream()
                .filter(instance -> instance.userData().contains(JIT_CONFIG))
                .forEach(instance -> secrets.add(jitConfig(instance)));
        for (var text : written) {
            assertThat(text).doesNotContain(secrets);
            if (!verbose) {
                assertThat(text).doesNotContain("\tat ", "Exception:", "\"exceptionType\"");
            }
        }
    }

    private static String jitConfig(EmulatedInstance instance) {
        var from = instance.userData().indexOf(JIT_CONFIG) + JIT_CONFIG.length();
        return instance.userData().substring(from, instance.userData().indexOf('\'', from));
    }
}
