package io.mayfly.playground.wire;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes what the emulators were asked and have answered, and the events that they made, one JSON object a line: referees
 * judge it. The file is named by the environment variable {@code MAYFLY_RECORDING}; without it nothing is written.
 */
public final class Recorder {

    private static final Recorder OF_PROCESS = of(System.getenv("MAYFLY_RECORDING"));

    private final @Nullable BufferedWriter file;

    private Recorder(@Nullable BufferedWriter file) {
        this.file = file;
    }

    /** The one of this process, whose file begins anew with it. */
    public static Recorder ofProcess() {
        return OF_PROCESS;
    }

    /** Writes to a file, from its beginning; null is none. */
    static Recorder of(@Nullable String file) {
        if (file == null || file.isEmpty()) {
            return new Recorder(null);
        }
        try {
            Path path = Path.of(file).toAbsolutePath();
            Files.createDirectories(path.getParent());
            return new Recorder(Files.newBufferedWriter(path));
        } catch (IOException e) {
            throw new UncheckedIOException("nothing can be recorded in " + file, e);
        }
    }

    /** An exchange; without an answer, which got lost. */
    void exchange(ServerRequest request, @Nullable ServerResponse answer) {
        if (file == null) {
            return;
        }
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("method", request.method());
        line.put("target", request.target());
        line.put("headers", request.headers());
        line.put("body", request.body());
        if (answer != null) {
            line.put("status", answer.status());
            line.put("answerHeaders", answer.headers());
            line.put("answer", answer.body());
            line.put("staged", answer.staged());
        }
        write(line);
    }

    /** A webhook event, as it goes to whoever receives it. */
    public void event(String name, String payload) {
        if (file != null) {
            write(Map.of("event", name, "payload", payload));
        }
    }

    private synchronized void write(Map<String, Object> line) {
        BufferedWriter open = file;
        if (open == null) {
            return;
        }
        try {
            open.write(Json.write(line));
            open.newLine();
            // The process may be killed at any time.
            open.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("the recording breaks off", e);
        }
    }
}
