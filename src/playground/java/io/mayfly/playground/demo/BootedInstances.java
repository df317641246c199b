package io.mayfly.playground.demo;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.mayfly.playground.aws.EmulatedInstance;
import io.mayfly.playground.aws.IdentityCredentials;
import io.mayfly.playground.host.FunctionAnswer;
import io.mayfly.playground.host.FunctionUrlEvent;
import io.mayfly.playground.host.PackagedFunction;
import io.mayfly.playground.wire.Json;
import io.mayfly.playground.world.Playground;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Has the packaged function launch instances which then boot in truth, somewhere else, and answers what they claim. For
 * each it leaves a folder with {@code user-data}, and in {@code metadata} what its metadata service knows.
 */
final class BootedInstances {

    private final Playground playground;
    private final PackagedFunction function;

    private BootedInstances(Playground playground, PackagedFunction function) {
        this.playground = playground;
        this.function = function;
    }

    /**
     * The arguments are {@code function.zip}, the file for the function's log, a folder, and the names of the instances. The
     * folder's file {@code function} then has this process' id and the port where it listens. Ends with its input.
     */
    public static void main(String[] arguments) throws IOException {
        var folder = Path.of(arguments[2]);
        try (var playground = Playground.start();
                var function =
                        new PackagedFunction(Path.of(arguments[0]), playground.environment(), Path.of(arguments[1]))) {
            var instances = new BootedInstances(playground, function);
            for (var name : Arrays.asList(arguments).subList(3, arguments.length)) {
                instances.launch(Files.createDirectories(folder.resolve(name)));
            }
            var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/claim", instances::claim);
            server.start();
            var address =
                    ProcessHandle.current().pid() + " " + server.getAddress().getPort() + "\n";
            var next = Files.writeString(folder.resolve("function.next"), address);
            Files.move(next, folder.resolve("function"));
            while (System.in.read() >= 0) {
                Thread.onSpinWait();
            }
            server.stop(0);
        }
        System.exit(0);
    }

    private void launch(Path folder) throws IOException {
        var job = playground.queueJob().id();
        var answer = deliver(job);
        // Its first event may take longer than it has on a slow machine.
        while (answer.status() == 503) {
            answer = deliver(job);
        }
        var id = answer.json().path("instanceId").asText();
        var instance = playground.aws().instances().live().stream()
                .filter(launched -> launched.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("not launched: " + id));
        Files.writeString(folder.resolve("user-data"), instance.userData());
        Files.writeString(folder.resolve("metadata"), Json.write(metadata(instance)));
    }

    private FunctionAnswer deliver(long job) {
        return function.invoke(playground.delivery(job, "queued"));
    }

    private static Map<String, Object> metadata(EmulatedInstance instance) {
        var now = Instant.now();
        Map<String, Object> tree = Map.of(
                "ec2-instance", IdentityCredentials.of(instance.id(), now).json(now));
        for (var above : List.of("security-credentials", "ec2", "identity-credentials")) {
            tree = Map.of(above, tree);
        }
        return Map.of(
                "dynamic",
                Map.of("instance-identity", Map.of("document", Json.write(Map.of("instanceId", instance.id())))),
                "meta-data",
                Map.of(
                        "instance-id",
                        instance.id(),
                        "local-hostname",
                        "ip-10-0-0-2",
                        "placement",
                        Map.of("region", Playground.REGION, "availability-zone", Playground.REGION + "a"),
                        "services",
                        Map.of("domain", "amazonaws.com", "partition", "aws"),
                        "identity-credentials",
                        tree.values().iterator().next()));
    }

    /** One after the other, as an execution environment takes them. */
    private synchronized void claim(HttpExchange exchange) throws IOException {
        try (exchange) {
            var event = new FunctionUrlEvent(
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().getPath(),
                    exchange.getRequestBody().readAllBytes());
            var ticket = exchange.getRequestHeaders().getFirst("x-mayfly-ticket");
            if (ticket != null) {
                event.header("x-mayfly-ticket", ticket);
            }
            var answer = function.invoke(event);
            answer.headers().forEach(exchange.getResponseHeaders()::set);
            var body = answer.body().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(answer.status(), body.length);
            exchange.getResponseBody().write(body);
        }
    }
}
