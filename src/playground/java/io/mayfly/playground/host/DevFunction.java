package io.mayfly.playground.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * The function as {@code quarkus:dev} runs it. It asks us for Lambda's events, as it would ask Lambda: Quarkus' own event
 * server would take them from everybody in the network.
 */
public final class DevFunction implements FunctionHost {

    /** What the process that Maven starts for dev mode runs. */
    private static final String DEV_JAR = "-dev.jar";

    /** Maven may have to fetch dev mode first. */
    private static final int LONGEST_START_SECONDS = 300;

    private static final int LONGEST_INVOCATION_SECONDS = 60;

    private final RuntimeApi api = new RuntimeApi(Duration.ofSeconds(1));
    private final Path killed;

    /**
     * Waits for dev mode.
     *
     * @param killed file that tells {@code scripts/run-playground} to start dev mode again
     */
    public DevFunction(Path killed) {
        this.killed = killed;
    }

    /** What dev mode has to know to find us. */
    public Map<String, String> environment() {
        return Map.of("AWS_LAMBDA_RUNTIME_API", api.address());
    }

    /** Ends the process that Maven has started; the script that started both of us starts Maven again. */
    @Override
    public void kill() {
        var processes = ProcessHandle.current().parent().stream()
                .flatMap(ProcessHandle::descendants)
                .filter(process -> process.info().commandLine().orElse("").contains(DEV_JAR))
                .toList();
        if (processes.isEmpty()) {
            throw new IllegalStateException("dev mode's process was not found: nothing was killed");
        }
        try {
            Files.writeString(killed, "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        processes.forEach(ProcessHandle::destroyForcibly);
        processes.forEach(process -> process.onExit().join());
        api.functionDied();
    }

    @Override
    public boolean isReady() {
        return api.isAsked();
    }

    @Override
    public void awaitReady() throws InterruptedException {
        for (int seconds = 0; !isReady(); seconds++) {
            if (seconds == LONGEST_START_SECONDS) {
                throw new IllegalStateException("dev mode did not start, see the terminal of make run");
            }
            Thread.sleep(1000);
        }
    }

    @Override
    public String description() {
        return "Quarkus' dev mode: changed code is compiled at the next event";
    }

    @Override
    public FunctionAnswer invoke(FunctionUrlEvent event) {
        return FunctionAnswer.of(invoke(event.json(Instant.now())));
    }

    @Override
    public void invoke(QueueEvent event) {
        var result = invoke(event.json());
        if (result.failed()) {
            throw new IllegalStateException(result.text());
        }
    }

    private RuntimeApi.Result invoke(byte[] event) {
        if (!isReady()) {
            throw new IllegalStateException("the function asks for no event: it starts, or has died");
        }
        try {
            return api.invoke(event)
                    .orTimeout(LONGEST_INVOCATION_SECONDS, TimeUnit.SECONDS)
                    .get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the function did not answer: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
