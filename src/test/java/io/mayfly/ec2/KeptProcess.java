package io.mayfly.ec2;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * A command that ends, with all that came of it, when this is closed or when the JVM that started it dies. It begins with
 * the signals a machine gives, also where the JVM was started with some of them ignored.
 */
final class KeptProcess implements AutoCloseable {
    /** The interpreter itself: what is called python3 may be a slow wrapper. */
    static final String PYTHON = python();

    private final Process keeper;
    private final ProcessHandle process;

    private KeptProcess(Process keeper, ProcessHandle process) {
        this.keeper = keeper;
        this.process = process;
    }

    /** Starts the command with the environment of this JVM and the variables given, but for MAYFLY_*. */
    static KeptProcess start(List<String> command, Path directory, Map<String, String> variables, Path output)
            throws IOException {
        var builder = new ProcessBuilder(Stream.concat(Stream.of(PYTHON, "-IS", script().toString()), command.stream())
                        .toList())
                .directory(directory.toFile())
                .redirectError(ProcessBuilder.Redirect.appendTo(output.toFile()));
        builder.environment().keySet().removeIf(name -> name.startsWith("MAYFLY_"));
        builder.environment().putAll(variables);
        var keeper = builder.start();
        var pid = keeper.inputReader().readLine();
        if (pid == null) {
            throw new IOException("not started, see " + output);
        }
        return new KeptProcess(keeper, handle(Long.parseLong(pid), keeper));
    }

    /** The command itself. */
    ProcessHandle process() {
        return process;
    }

    /** Whether anything that came of the command lives. */
    boolean isAlive() {
        return keeper.isAlive();
    }

    @Override
    public void close() throws IOException {
        keeper.outputWriter().close();
        keeper.onExit().join();
    }

    /** A command that was quick is gone already: its keeper, which then ends too, stands for it. */
    private static ProcessHandle handle(long pid, Process keeper) {
        return ProcessHandle.of(pid).orElseGet(keeper::toHandle);
    }

    private static Path script() {
        try {
            return Path.of(Objects.requireNonNull(KeptProcess.class.getResource("keep.py"), "keep.py")
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String python() {
        try {
            var asked = new ProcessBuilder("python3", "-c", "import sys; print(sys.executable)")
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            return Objects.requireNonNull(asked.inputReader().readLine(), "python3");
        } catch (IOException e) {
            throw new IllegalStateException("the tests need python3", e);
        }
    }
}
