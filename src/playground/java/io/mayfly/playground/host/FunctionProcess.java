package io.mayfly.playground.host;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.zip.ZipFile;

/**
 * The packaged function as a process of its own, started as Lambda starts it, one execution environment. What it writes
 * goes to a file. It runs {@code bootstrap} where the package has one, else the JVM's package.
 */
public final class FunctionProcess implements AutoCloseable {

    private static final String HANDLER = "io.quarkus.amazon.lambda.runtime.QuarkusStreamHandler";
    private static final int START_SECONDS = 60;

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
     * @param arguments for a native binary, such as {@code -Djavax.net.ssl.trustStore=…}
     */
    public static FunctionProcess start(Path zip, Map<String, String> environment, Path log, List<String> arguments) {
        var api = new RuntimeApi();
        try {
            var directory = unpacked(zip);
            var builder = new ProcessBuilder(command(directory, arguments))
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
            var process = builder.start();
            var died = process.onExit().thenRun(api::functionDied);
            api.ready().get(START_SECONDS, TimeUnit.SECONDS);
            return new FunctionProcess(api, process, died, log);
        } catch (IOException e) {
            api.close();
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException | TimeoutException e) {
            api.close();
            throw new IllegalStateException("the function did not start, see " + log, e);
        }
    }

    /** Hands over an event and waits for its end. */
    public RuntimeApi.Result invoke(byte[] event) {
        try {
            return api.invoke(event).get(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the invocation did not end, see " + log, e);
        }
    }

    /** Ends the process at once, wherever it is, as when Lambda takes its environment away. */
    public void kill() {
        process.destroyForcibly();
        died.join();
    }

    /** Whether it still runs. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** What it has printed so far. */
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

    private static List<String> command(Path directory, List<String> arguments) {
        var bootstrap = directory.resolve("bootstrap");
        var command = new ArrayList<String>();
        if (Files.exists(bootstrap)) {
            command.add(bootstrap.toString());
            command.addAll(arguments);
            return command;
        }
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto"));
        command.addAll(arguments);
        command.add("-cp");
        command.add(String.join(
                File.pathSeparator,
                directory.toString(),
                directory.resolve("lib") + "/*",
                ownClasses().toString()));
        command.add(JvmRuntime.class.getName());
        command.add(HANDLER);
        return command;
    }

    private static Path ownClasses() {
        return Path.of(JvmRuntime.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath());
    }

    /** Unpacks the package beside itself, anew when it has changed. */
    private static synchronized Path unpacked(Path zip) throws IOException {
        var directory = zip.toAbsolutePath().resolveSibling("function");
        var stamp = directory.resolve(".unpacked");
        var version = Files.getLastModifiedTime(zip) + " " + Files.size(zip);
        if (Files.exists(stamp) && Files.readString(stamp).equals(version)) {
            return directory;
        }
        delete(directory);
        try (var archive = new ZipFile(zip.toFile())) {
            for (var entry : archive.stream().toList()) {
                var target = directory.resolve(entry.getName()).normalize();
                if (entry.isDirectory() || !target.startsWith(directory)) {
                    continue;
                }
                Files.createDirectories(target.getParent());
                try (var in = archive.getInputStream(entry)) {
                    Files.copy(in, target);
                }
            }
        }
        var bootstrap = directory.resolve("bootstrap").toFile();
        if (bootstrap.exists() && !bootstrap.setExecutable(true)) {
            throw new IOException("can't make " + bootstrap + " executable");
        }
        Files.writeString(stamp, version);
        return directory;
    }

    private static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (var files = Files.walk(directory)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
