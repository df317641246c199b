package io.mayfly.playground;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/**
 * The playground of {@code make run}: the emulators, and a small server that leads jobs through their life. {@code GET /}
 * shows what is there, {@code POST /jobs} begins a job's life and tells it line by line.
 */
final class PlaygroundMain {

    private static final Duration START = Duration.ofMinutes(5);

    private final Playground playground;
    private final DevFunction function;

    private PlaygroundMain(Playground playground, DevFunction function) {
        this.playground = playground;
        this.function = function;
    }

    /** The arguments are the port to listen on, the port of the function's events, and the file for its variables. */
    public static void main(String[] arguments) throws IOException {
        var playground = Playground.start();
        var variables = playground.environment().entrySet().stream()
                .map(variable -> "export " + variable.getKey() + "='" + variable.getValue() + "'\n")
                .sorted()
                .collect(Collectors.joining());
        Files.writeString(Path.of(arguments[2]), variables);
        var main = new PlaygroundMain(playground, new DevFunction(Integer.parseInt(arguments[1])));
        var server = HttpServer.create(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[0])), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", main::serve);
        server.start();
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            var request =
                    exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
            switch (request) {
                case "GET /" -> {
                    exchange.getResponseHeaders().add("Content-Type", "text/plain; charset=utf-8");
                    var text = overview().getBytes(StandardCharsets.UTF_8);
                    exchange.sendResponseHeaders(200, text.length);
                    exchange.getResponseBody().write(text);
                }
                case "POST /jobs" -> {
                    exchange.getResponseHeaders().add("Content-Type", "text/plain; charset=utf-8");
                    exchange.sendResponseHeaders(200, 0);
                    tell(exchange.getResponseBody());
                }
                default -> exchange.sendResponseHeaders(404, -1);
            }
        }
    }

    private void tell(OutputStream out) {
        try {
            if (!function.awaitListening(Duration.ofMillis(1))) {
                write(out, "the function is still starting");
                if (!function.awaitListening(START)) {
                    write(out, "not served: the function did not start, see the terminal of make run");
                    return;
                }
            }
            var served = new JobLife(playground, function::invoke, line -> write(out, line)).live();
            write(out, served ? "served" : "not served");
        } catch (IllegalStateException e) {
            write(out, "not served: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void write(OutputStream out, String line) {
        try {
            out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String overview() {
        var text = new StringBuilder("Instances\n");
        playground
                .aws()
                .instances()
                .all()
                .forEach(instance -> text.append("  ")
                        .append(instance.id())
                        .append("  ")
                        .append(playground
                                .aws()
                                .instances()
                                .state(instance.id())
                                .text())
                        .append("  ")
                        .append(instance.tags().getOrDefault("mayfly:runner", ""))
                        .append('\n'));
        text.append("Runners\n");
        playground
                .github()
                .runners()
                .registered()
                .forEach(runner -> text.append("  ")
                        .append(runner.name())
                        .append(runner.online() ? "  online" : "  offline")
                        .append(runner.busy() ? "  busy" : "")
                        .append('\n'));
        text.append("Jobs\n");
        playground
                .github()
                .jobs()
                .all()
                .forEach(job -> text.append("  ")
                        .append(job.id())
                        .append("  ")
                        .append(job.status())
                        .append('\n'));
        text.append("Calls\n");
        playground
                .log()
                .counts()
                .forEach((name, count) -> text.append("  ")
                        .append(name)
                        .append("  ")
                        .append(count)
                        .append('\n'));
        return text.toString();
    }
}
