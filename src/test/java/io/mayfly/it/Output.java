package io.mayfly.it;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * The output of an execution environment within the tests' process: what its threads, and those that they start, print or
 * die of goes to its file, as a process' output would.
 */
final class Output extends ThreadGroup implements AutoCloseable {

    static {
        System.setOut(routed(System.out));
        System.setErr(routed(System.err));
    }

    private final Path path;
    private final OutputStream file;

    Output(Path path) {
        super("function");
        this.path = path;
        try {
            file = Files.newOutputStream(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The one that the current thread writes to; null for a thread of the tests themselves. */
    static @Nullable Output current() {
        for (var group = Thread.currentThread().getThreadGroup(); group != null; group = group.getParent()) {
            if (group instanceof Output output) {
                return output;
            }
        }
        return null;
    }

    /** A piece, which nothing else gets between. */
    synchronized void write(byte[] bytes, int from, int length) throws IOException {
        file.write(bytes, from, length);
    }

    /** All that was written to its file, also by those before it. */
    String text() {
        try {
            return Files.readString(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void uncaughtException(Thread thread, Throwable thrown) {
        System.err.print("Exception in thread \"" + thread.getName() + "\" ");
        thrown.printStackTrace();
    }

    @Override
    public synchronized void close() {
        try {
            file.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static PrintStream routed(PrintStream others) {
        return new PrintStream(
                new OutputStream() {

                    @Override
                    public void write(int b) throws IOException {
                        write(new byte[] {(byte) b}, 0, 1);
                    }

                    @Override
                    public void write(byte[] bytes, int from, int length) throws IOException {
                        var output = current();
                        if (output == null) {
                            others.write(bytes, from, length);
                            others.flush();
                        } else {
                            output.write(bytes, from, length);
                        }
                    }
                },
                true,
                StandardCharsets.UTF_8);
    }
}
