package io.mayfly.playground.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/** The function as {@code quarkus:dev} runs it: its mock event server takes Lambda's events at {@code /_lambda_}. */
public final class DevFunction implements FunctionHost {

    /** What the process that Maven starts for dev mode runs. */
    private static final String DEV_JAR = "-dev.jar";

    /** Maven may have to fetch dev mode first. */
    private static final int LONGEST_START_SECONDS = 300;

    private final HttpClient http = HttpClient.newHttpClient();
    private final URI events;
    private final Path killed;

    /**
     * Talks to dev mode.
     *
     * @param killed file that tells {@code scripts/run-playground} to start dev mode again
     */
    public DevFunction(int port, Path killed) {
        events = URI.create("http://127.0.0.1:" + port + "/_lambda_");
        this.killed = killed;
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
    }

    @Override
    public boolean isReady() {
        try (var probe = new Socket()) {
            probe.connect(new InetSocketAddress(events.getHost(), events.getPort()), 1000);
            return true;
        } catch (IOException notYet) {
            return false;
        }
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
        try {
            var response = http.send(
                    HttpRequest.newBuilder(events)
                            .timeout(Duration.ofSeconds(60))
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofByteArray(event.json(Instant.now())))
                            .build(),
                    HttpResponse.BodyHandlers.ofByteArray());
            return FunctionAnswer.of(new RuntimeApi.Result(response.statusCode() != 200, response.body()));
        } catch (IOException e) {
            throw new IllegalStateException(
                    "the function does not answer at " + events + ": it starts, or has died", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
