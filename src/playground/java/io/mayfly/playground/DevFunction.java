package io.mayfly.playground;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** The function as {@code quarkus:dev} runs it: its mock event server takes Lambda's events at {@code /_lambda_}. */
final class DevFunction {

    private final HttpClient http = HttpClient.newHttpClient();
    private final URI events;

    DevFunction(int port) {
        events = URI.create("http://127.0.0.1:" + port + "/_lambda_");
    }

    /** Waits until dev mode is up, which takes minutes when Maven has to fetch it first. False when it did not come up. */
    boolean awaitListening(Duration longest) throws InterruptedException {
        var end = System.nanoTime() + longest.toNanos();
        while (System.nanoTime() < end) {
            try (var probe = new Socket()) {
                probe.connect(new InetSocketAddress(events.getHost(), events.getPort()), 1000);
                return true;
            } catch (IOException notYet) {
                Thread.sleep(500);
            }
        }
        return false;
    }

    /**
     * Hands over an event.
     *
     * @throws IllegalStateException when nothing listens, or the invocation was a function error
     */
    FunctionAnswer invoke(FunctionUrlEvent event) {
        try {
            var response = http.send(
                    HttpRequest.newBuilder(events)
                            .timeout(Duration.ofSeconds(60))
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofByteArray(event.json()))
                            .build(),
                    HttpResponse.BodyHandlers.ofByteArray());
            return FunctionAnswer.of(new RuntimeApi.Result(response.statusCode() != 200, response.body()));
        } catch (IOException e) {
            throw new IllegalStateException("the function does not listen at " + events + " yet", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
