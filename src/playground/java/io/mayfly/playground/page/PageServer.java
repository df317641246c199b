package io.mayfly.playground.page;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.mayfly.playground.wire.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;

/** The page's server, on the loopback interface. */
final class PageServer {

    private static final System.Logger LOG = System.getLogger(PageServer.class.getName());
    private static final int LARGEST_BODY = 4096;

    /** Everything is ours and stays here; scripts and styles are files. */
    private static final Map<String, String> HEADERS = Map.of(
            "Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
                    + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            "X-Content-Type-Options",
            "nosniff",
            "Referrer-Policy",
            "no-referrer",
            "Cross-Origin-Opener-Policy",
            "same-origin",
            "Cross-Origin-Resource-Policy",
            "same-origin",
            "Cache-Control",
            "no-store");

    private final LocalOnly localOnly;
    private final PageFiles files = new PageFiles();
    private final PageActions actions;
    private final EventStream events;

    private PageServer(LocalOnly localOnly, PageActions actions, EventStream events) {
        this.localOnly = localOnly;
        this.actions = actions;
        this.events = events;
    }

    static HttpServer start(int port, PageActions actions, EventStream events) throws IOException {
        var http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        var server = new PageServer(LocalOnly.of(http.getAddress().getPort()), actions, events);
        http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        http.createContext("/", server::serve);
        http.start();
        return http;
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            HEADERS.forEach(exchange.getResponseHeaders()::add);
            var headers = exchange.getRequestHeaders();
            if (!localOnly.allows(
                    headers.getFirst("Host"), headers.getFirst("Origin"), headers.getFirst("Sec-Fetch-Site"))) {
                error(exchange, 403, "this playground is for pages of its own");
                return;
            }
            answer(exchange);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "The playground failed to answer", e);
        }
    }

    private void answer(HttpExchange exchange) throws IOException, InterruptedException {
        var path = exchange.getRequestURI().getPath();
        switch (exchange.getRequestMethod()) {
            case "GET" -> get(exchange, path);
            case "POST" -> post(exchange, path);
            default -> error(exchange, 405, "only GET and POST are answered");
        }
    }

    private void get(HttpExchange exchange, String path) throws IOException, InterruptedException {
        if (path.equals("/events")) {
            events.serve(exchange);
            return;
        }
        var file = files.find(path);
        if (file.isPresent()) {
            send(exchange, 200, file.get().type(), file.get().content());
            return;
        }
        var json = actions.read(path);
        if (json.isPresent()) {
            json(exchange, 200, json.get());
        } else {
            error(exchange, 404, "there is no " + path);
        }
    }

    private void post(HttpExchange exchange, String path) throws IOException, InterruptedException {
        if (path.equals("/jobs")) {
            exchange.getResponseHeaders().add("Content-Type", "text/plain; charset=utf-8");
            exchange.sendResponseHeaders(200, 0);
            var out = exchange.getResponseBody();
            actions.tell(line -> {
                out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
                out.flush();
            });
            return;
        }
        var body = exchange.getRequestBody().readNBytes(LARGEST_BODY + 1);
        if (body.length > LARGEST_BODY) {
            error(exchange, 413, "the body is longer than " + LARGEST_BODY + " bytes");
            return;
        }
        if (!"application/json".equals(exchange.getRequestHeaders().getFirst("Content-Type"))) {
            error(exchange, 415, "the body has to be application/json");
            return;
        }
        try {
            JsonNode json = Json.object(new String(body, StandardCharsets.UTF_8))
                    .orElseThrow(() -> new IllegalArgumentException("the body is no JSON object"));
            if (actions.carryOut(path, json)) {
                json(exchange, 200, Map.of());
            } else {
                error(exchange, 404, "there is no " + path);
            }
        } catch (IllegalArgumentException e) {
            error(exchange, 400, String.valueOf(e.getMessage()));
        }
    }

    private static void error(HttpExchange exchange, int status, String message) throws IOException {
        json(exchange, status, Map.of("error", message));
    }

    private static void json(HttpExchange exchange, int status, Object json) throws IOException {
        send(
                exchange,
                status,
                "application/json; charset=utf-8",
                Json.write(json).getBytes(StandardCharsets.UTF_8));
    }

    private static void send(HttpExchange exchange, int status, String type, byte[] content) throws IOException {
        exchange.getResponseHeaders().put("Content-Type", List.of(type));
        exchange.sendResponseHeaders(status, content.length == 0 ? -1 : content.length);
        exchange.getResponseBody().write(content);
    }
}
