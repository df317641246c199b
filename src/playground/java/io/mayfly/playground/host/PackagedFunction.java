package io.mayfly.playground.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The packaged function, started anew by the first event after its death, as Lambda starts an execution environment. */
public final class PackagedFunction implements FunctionHost, AutoCloseable {

    private final Path zip;
    private final Map<String, String> environment;
    private final Path log;
    private volatile @Nullable FunctionProcess process;

    public PackagedFunction(Path zip, Map<String, String> environment, Path log) {
        this.zip = zip;
        this.environment = environment;
        this.log = log;
        try {
            Files.deleteIfExists(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public FunctionAnswer invoke(FunctionUrlEvent event) {
        var running = started();
        return FunctionAnswer.of(running.invoke(event.json(Instant.now())));
    }

    @Override
    public void invoke(QueueEvent event) {
        var result = started().invoke(event.json());
        if (result.failed()) {
            throw new IllegalStateException(result.text());
        }
    }

    private synchronized FunctionProcess started() {
        var running = process;
        if (running == null || !running.isAlive()) {
            if (running != null) {
                running.close();
            }
            running = FunctionProcess.start(zip, environment, log, List.of());
            process = running;
        }
        return running;
    }

    @Override
    public void kill() {
        var running = process;
        if (running != null) {
            running.kill();
        }
    }

    @Override
    public boolean isReady() {
        var running = process;
        return running != null && running.isAlive();
    }

    @Override
    public void awaitReady() {
        started();
    }

    @Override
    public String description() {
        return zip + " as a process of its own, log in " + log;
    }

    @Override
    public void close() {
        var running = process;
        if (running != null) {
            running.close();
        }
    }
}
