package io.mayfly.playground.host;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The side of Lambda that a function talks to. See "Using the Lambda runtime API" in AWS's developer guide: the function
 * asks for the next event, and posts its response or its error under the event's request id.
 */
public final class RuntimeApi implements AutoCloseable {

    private static final String BASE = "/2018-06-01/runtime/";
    private static final Pattern RESULT = Pattern.compile(BASE + "invocation/([^/]+)/(response|error|requeue)");
    private static final Duration TIMEOUT_OF_FUNCTION = Duration.ofSeconds(60);
    private static final Duration AS_LONG_AS_IT_LIVES = Duration.ofMinutes(10);

    private final HttpServer server;
    private final Duration patience;
    private final BlockingDeque<Invocation> waiting = new LinkedBlockingDeque<>();
    private final Map<String, Invocation> running = new ConcurrentHashMap<>();
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private volatile @Nullable Long lastAsked;
    private final CompletableFuture<Void> death = new CompletableFuture<>();

    private record Invocation(String id, byte[] event, CompletableFuture<Result> result) {}

    /**
     * How an invocation ended.
     *
     * @param failed it was a function error
     * @param payload the function's own bytes
     */
    public record Result(boolean failed, byte[] payload) {

        /** The payload as text. */
        public String text() {
            return new String(payload, StandardCharsets.UTF_8);
        }
    }

    /** Listens on a free port of the loopback interface. */
    public RuntimeApi() {
        this(AS_LONG_AS_IT_LIVES);
    }

    /**
     * Listens on a free port of the loopback interface, for a function that may die and come back.
     *
     * @param patience how long a request for the next event is kept: nobody tells of one whose function has died meanwhile
     */
    RuntimeApi(Duration patience) {
        this.patience = patience;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext(BASE, this::serve);
        server.start();
    }

    /** The value of {@code AWS_LAMBDA_RUNTIME_API}. */
    public String address() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    /** Done when the function has asked for its first event, and failed when it could not start. */
    public CompletableFuture<Void> ready() {
        return ready;
    }

    /** Hands an event to the function. */
    public CompletableFuture<Result> invoke(byte[] event) {
        var invocation = new Invocation(UUID.randomUUID().toString(), event, new CompletableFuture<>());
        waiting.add(invocation);
        var _ = death.thenRun(() -> invocation.result().completeExceptionally(died()));
        return invocation.result();
    }

    /** Whether a function is there: it has asked for an event of late, or has one, or gave one back. */
    boolean isAsked() {
        waiting.removeIf(invocation -> invocation.result().isDone());
        var asked = lastAsked;
        boolean ofLate = asked != null
                && System.nanoTime() - asked < patience.multipliedBy(3).toNanos();
        return ofLate || !running.isEmpty() || !waiting.isEmpty();
    }

    /** Ends what runs, as when the function's process has died. */
    void functionDied() {
        ready.completeExceptionally(died());
        lastAsked = null;
        fail(died());
    }

    private void fail(IllegalStateException why) {
        running.values().forEach(invocation -> invocation.result().completeExceptionally(why));
        running.clear();
    }

    /** Fails what runs and what waits, now and later: the function's process has died, and no other comes. */
    public void functionIsGone() {
        ready.completeExceptionally(died());
        death.complete(null);
    }

    private static IllegalStateException died() {
        return new IllegalStateException("the function's process has ended");
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            var path = exchange.getRequestURI().getPath();
            var result = RESULT.matcher(path);
            if (path.equals(BASE + "invocation/next")) {
                next(exchange);
            } else if (result.matches() && result.group(2).equals("requeue")) {
                takeBack(result.group(1), exchange);
            } else if (result.matches()) {
                finish(result.group(1), result.group(2).equals("error"), exchange);
            } else if (path.equals(BASE + "init/error")) {
                ready.completeExceptionally(new IllegalStateException(
                        new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
                exchange.sendResponseHeaders(202, -1);
            } else {
                exchange.sendResponseHeaders(404, -1);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void next(HttpExchange exchange) throws IOException, InterruptedException {
        ready.complete(null);
        lastAsked = System.nanoTime();
        // It takes one event after the other.
        fail(new IllegalStateException(
                "the function asks for the next event and has not answered this one: it died and is back"));
        var invocation = waiting.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
        while (invocation != null && invocation.result().isDone()) {
            invocation = waiting.poll();
        }
        if (invocation == null) {
            exchange.sendResponseHeaders(204, -1);
            return;
        }
        running.put(invocation.id(), invocation);
        var headers = exchange.getResponseHeaders();
        headers.add("Content-Type", "application/json");
        headers.add("Lambda-Runtime-Aws-Request-Id", invocation.id());
        headers.add(
                "Lambda-Runtime-Deadline-Ms",
                Long.toString(System.currentTimeMillis() + TIMEOUT_OF_FUNCTION.toMillis()));
        headers.add("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:eu-west-1:123456789012:function:mayfly");
        exchange.sendResponseHeaders(200, invocation.event().length);
        exchange.getResponseBody().write(invocation.event());
    }

    /** Dev mode gives an event back when it has to compile first what has changed. */
    private void takeBack(String id, HttpExchange exchange) throws IOException {
        var invocation = running.remove(id);
        if (invocation != null) {
            waiting.addFirst(invocation);
        }
        exchange.sendResponseHeaders(invocation == null ? 400 : 202, -1);
    }

    private void finish(String id, boolean failed, HttpExchange exchange) throws IOException {
        var payload = exchange.getRequestBody().readAllBytes();
        var invocation = running.remove(id);
        exchange.sendResponseHeaders(invocation == null ? 400 : 202, -1);
        exchange.close();
        if (invocation != null) {
            invocation.result().complete(new Result(failed, payload));
        }
    }
}
