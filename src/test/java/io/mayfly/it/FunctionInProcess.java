package io.mayfly.it;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.mayfly.chaos.Beans;
import io.mayfly.environment.Environment;
import io.mayfly.lambda.FunctionEntry;
import io.mayfly.metrics.MetricsOutput;
import io.mayfly.playground.host.InvocationContext;
import io.mayfly.playground.host.RunningFunction;
import io.mayfly.playground.host.RuntimeApi;
import io.mayfly.startup.StartUp;
import io.mayfly.time.Sleeper;
import io.mayfly.time.TimeLimits;
import io.mayfly.time.Workers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The function within the tests' process: the application's own beans, made anew for each execution environment, entered as
 * Lambda's runtime enters it. It talks to the emulators over its own connections.
 */
final class FunctionInProcess implements RunningFunction {

    /** For whatever is sure to come. */
    private static final long MINUTES = 5;

    private final Output output;
    private final ExecutorService thread;
    private final FunctionEntry entry;
    private volatile boolean alive = true;

    private FunctionInProcess(Output output, ExecutorService thread, FunctionEntry entry) {
        this.output = output;
        this.thread = thread;
        this.entry = entry;
    }

    /**
     * Starts it.
     *
     * @param limits of its calls, which take real time whatever the clock says
     */
    static FunctionInProcess start(
            Map<String, String> variables, Path log, InstantSource clock, Sleeper sleeper, TimeLimits limits) {
        var set = Map.copyOf(variables);
        var output = new Output(log);
        ProductionLog.begin(output, set.getOrDefault("QUARKUS_LOG_LEVEL", "INFO"));
        var thread = Executors.newSingleThreadExecutor(work -> {
            var main = new Thread(output, work, "main");
            main.setDaemon(true);
            return main;
        });
        var entry = await(thread, () -> {
            var beans = new Beans(List.of())
                    .with(InstantSource.class, clock)
                    .with(Sleeper.class, sleeper)
                    .with(Workers.class, Workers.system())
                    .with(TimeLimits.class, limits)
                    .with(MetricsOutput.class, MetricsOutput.stdout())
                    .with(ObjectMapper.class, new ObjectMapper())
                    .with(Environment.class, new Environment() {
                        @Override
                        public @Nullable String get(String name) {
                            var value = set.get(name);
                            return value == null || value.isEmpty() ? null : value;
                        }
                    });
            var made = new FunctionEntry(beans);
            StartUp.of(beans);
            return made;
        });
        return new FunctionInProcess(output, thread, entry);
    }

    @Override
    public RuntimeApi.Result invoke(byte[] event) {
        if (!alive) {
            throw new IllegalStateException("the function has died");
        }
        return await(thread, () -> {
            try {
                return new RuntimeApi.Result(
                        false,
                        entry.handle(
                                event, new InvocationContext(UUID.randomUUID().toString())));
            } catch (RuntimeException | IOException e) {
                var error = new ObjectMapper()
                        .createObjectNode()
                        .put("errorType", e.getClass().getName())
                        .put("errorMessage", e.getMessage());
                return new RuntimeApi.Result(true, error.toString().getBytes(StandardCharsets.UTF_8));
            }
        });
    }

    private static <T> T await(ExecutorService thread, Callable<T> work) {
        try {
            return thread.submit(work).get(MINUTES, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the function did not come to an end", e);
        }
    }

    /** Between two events. To die in the middle of one takes a process. */
    @Override
    public void kill() {
        if (alive) {
            alive = false;
            thread.shutdownNow();
            ProductionLog.end(output);
        }
    }

    @Override
    public boolean isAlive() {
        return alive;
    }

    @Override
    public String log() {
        return output.text();
    }

    @Override
    public void close() {
        kill();
        output.close();
    }
}
