package io.mayfly.playground.host;

import io.mayfly.playground.wire.Tether;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The packaged function as a process of its own, started as Lambda starts it, one execution environment. What it writes
 * goes to a file. It runs {@code bootstrap} where the package has one, else the JVM's package.
 */
public final class FunctionProcess implements RunningFunction {

    /** For whatever is sure to come while the process lives. */
    private static final long MINUTES = 10;

    private final RuntimeApi api;
    private final Process process;
    private final CompletableFuture<Void> died;
    private final Path log;

    private FunctionProcess(RuntimeApi api, Process process, CompletableFuture<Void> died, Path log) {
        this.api = api;
        this.process = process;
        this.died = died;
        this.log = log;
    }

    /**
     * Starts the function and waits until it asks for an event.
     *
     * @param zip {@code function.zip}
     * @param environment its variables, in place of ours; those that Lambda itself sets are added
     * @param log file to write what it prints to
     * @param arguments for the binary or the JVM, such as {@code -Djavax.net.ssl.trustStore=…}
     */
    public static FunctionProcess start(Path zip, Map<String, String> environment, Path log, List<String> arguments) {
        var api = new RuntimeApi();
        try {
            var unpacked = FunctionPackage.of(zip);
            var directory = unpacked.directory();
            var builder = new ProcessBuilder(Tether.to(unpacked.command(arguments)))
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
            var variables = builder.environment();
            variables.clear();
            variables.putAll(Map.of(
                    "PATH", "/usr/bin:/bin",
                    "LANG", "en_US.UTF-8",
                    "LAMBDA_TASK_ROOT", directory.toString(),
                    "AWS_LAMBDA_FUNCTION_NAME", "mayfly",
                    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256",
                    "DISABLE_SIGNAL_HANDLERS", "true",
                    "AWS_LAMBDA_RUNTIME_API", api.address()));
            variables.putAll(environment);
            return start(builder, api, log);
        } catch (IOException e) {
            api.close();
            throw new UncheckedIOException(e);
        }
    }

    private static FunctionProcess start(ProcessBuilder builder, RuntimeApi api, Path log) throws IOException {
        var process = builder.start();
        var died = process.onExit().thenRun(() -> {
            untie(process);
            api.functionIsGone();
        });
        var function = new FunctionProcess(api, process, died, log);
        try {
            api.ready().get(MINUTES, TimeUnit.MINUTES);
            return function;
        } catch (InterruptedException e) {
            function.close();
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException | TimeoutException e) {
            function.close();
            throw new IllegalStateException("the function did not start, see " + log, e);
        }
    }

    private static void untie(Process process) {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public RuntimeApi.Result invoke(byte[] event) {
        try {
            return api.invoke(event).get(MINUTES, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the invocation did not end, see " + log, e);
        }
    }

    /** Ends it in order: its runtime is taken away, and it has minutes for what it does at its end. */
    public void end() throws InterruptedException {
        api.close();
        process.waitFor(MINUTES, TimeUnit.MINUTES);
    }

    @Override
    public void kill() {
        process.destroyForcibly();
        died.join();
    }

    @Override
    public boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        kill();
        api.close();
    }
}
