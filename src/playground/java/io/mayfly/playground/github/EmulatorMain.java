package io.mayfly.playground.github;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.mayfly.playground.wire.Emulation;
import io.mayfly.playground.wire.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executors;

/**
 * GitHub's emulator alone, for checks that are not written in Java. It prints its URL, and that of a server by which the
 * check changes what GitHub has: {@code POST /NAME} with a JSON object. It ends when its standard input does.
 */
final class EmulatorMain {

    private GitHubEmulator gitHub = start();

    private static GitHubEmulator start() {
        try {
            GitHubEmulator started = GitHubEmulator.start(Emulation.of(InstantSource.system()));
            started.installations().strict(true);
            started.deliveries().onRedelivery(new HookDelivery(started)::deliver);
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static void main(String[] arguments) throws IOException {
        var stage = new EmulatorMain();
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", stage::serve);
        server.start();
        System.out.println(
                stage.gitHub.url() + " http://127.0.0.1:" + server.getAddress().getPort());
        while (System.in.read() >= 0) {
            // Nothing is expected; the end is what counts.
        }
        server.stop(0);
        stage.gitHub.close();
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            String text = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            JsonNode body = Json.object(text).orElseThrow();
            Object answer = carryOut(exchange.getRequestURI().getPath().substring(1), body);
            byte[] bytes = Json.write(answer).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    private synchronized Object carryOut(String name, JsonNode body) {
        switch (name) {
            case "reset" -> {
                gitHub.close();
                gitHub = start();
                return Map.of("url", gitHub.url().toString());
            }
            case "app" -> {
                return Map.of(
                        "id", gitHub.app().id(),
                        "client_id", gitHub.app().clientId(),
                        "pem", gitHub.app().privateKeyPem());
            }
            case "clock" ->
                gitHub.clockIsAhead(Duration.ofSeconds(body.path("ahead").asLong()));
            case "further-app" -> {
                return furtherApp(body);
            }
            case "further-permissions" -> further().settings().permissions(texts(body));
            case "further-events" -> further().settings().events(Json.texts(body.path("events")));
            case "further-installation" -> install(body, further().installations());
            case "further-uninstall" ->
                further().installations().remove(body.path("id").asLong());
            case "further-suspend" ->
                further().installations().suspend(body.path("id").asLong());
            case "permissions" -> gitHub.settings().permissions(texts(body));
            case "events" -> gitHub.settings().events(Json.texts(body.path("events")));
            case "hook" -> gitHub.settings().hook(AppHook.NONE.with(body));
            case "installation" -> install(body, gitHub.installations());
            case "uninstall" -> gitHub.installations().remove(body.path("id").asLong());
            case "suspend" -> gitHub.installations().suspend(body.path("id").asLong());
            case "delivery" ->
                gitHub.deliveries()
                        .record(
                                UUID.randomUUID().toString(),
                                body.path("event").asText(),
                                null,
                                "{}",
                                body.path("status").asInt());
            case "forget-deliveries" -> gitHub.deliveries().keep(0);
            case "expire-codes" -> gitHub.manifests().expire();
            case "owner-of" -> gitHub.manifests().organizations(Set.copyOf(Json.texts(body.path("organizations"))));
            case "repository" ->
                gitHub.repositories()
                        .add(body.path("name").asText(), body.path("private").asBoolean(true));
            case "job" -> {
                return Map.of(
                        "id",
                        gitHub.jobs()
                                .queue(body.path("repository").asText(), Json.texts(body.path("labels")))
                                .id());
            }
            case "event" -> {
                EmulatedJob job = gitHub.jobs().find(body.path("job").asLong()).orElseThrow();
                return Map.of(
                        "payload",
                        gitHub.event(
                                job,
                                body.path("action").asText(),
                                body.path("installation").asLong()));
            }
            case "runner" -> {
                return Map.of(
                        "id",
                        gitHub.runners()
                                .find(body.path("name").asText())
                                .orElseThrow()
                                .id());
            }
            case "connect" -> gitHub.runners().connect(body.path("runner").asLong());
            case "take" -> {
                long runner = body.path("runner").asLong();
                gitHub.runners().connect(runner);
                gitHub.jobs().assign(body.path("job").asLong(), runner);
            }
            case "rename" ->
                gitHub.rename(body.path("from").asText(), body.path("to").asText());
            case "complete" ->
                gitHub.jobs()
                        .complete(
                                body.path("id").asLong(),
                                body.path("conclusion").asText());
            case "job-delivery" -> deliver(body);
            case "runners" -> {
                return Map.of(
                        "names",
                        gitHub.runners().registered().stream()
                                .map(EmulatedRunner::name)
                                .toList());
            }
            case "fault" ->
                gitHub.faults()
                        .on(body.path("call").asText())
                        .times(body.path("times").asInt(1))
                        .answer(body.path("status").asInt());
            case "rate-limit" ->
                gitHub.rateLimit().remaining(body.path("remaining").asInt());
            case "operations" -> {
                return Map.of("names", gitHub.operations());
            }
            case "calls" -> {
                return gitHub.log().counts();
            }
            default -> throw new IllegalArgumentException("unknown: " + name);
        }
        return Map.of();
    }

    /** GitHub has tried to tell what happened to a job; nobody took it, or it was answered so. */
    private void deliver(JsonNode body) {
        EmulatedJob job = gitHub.jobs().find(body.path("id").asLong()).orElseThrow();
        String action = body.path("action").asText();
        String payload = gitHub.event(job, action, body.path("installation").asLong());
        gitHub.deliveries()
                .record(
                        UUID.randomUUID().toString(),
                        WebhookEvent.WORKFLOW_JOB,
                        action,
                        payload,
                        body.path("status").asInt(404));
    }

    /** An App beside the first, which registers runners and does nothing else. */
    private Object furtherApp(JsonNode body) {
        GitHubEmulator joined = gitHub.join(GitHubApp.generate(67890, "Iv23liMayflySecond"));
        joined.installations().strict(true);
        joined.settings().permissions(texts(body.path("permissions")));
        joined.settings().events(List.of());
        return Map.of("id", joined.app().id(), "pem", joined.app().privateKeyPem());
    }

    private GitHubEmulator further() {
        return gitHub.joined().getFirst();
    }

    private static void install(JsonNode body, EmulatedInstallations installations) {
        installations.register(new EmulatedInstallation(
                body.path("id").asLong(),
                body.path("owner").asText(),
                Json.texts(body.path("repositories")),
                body.has("permissions") ? texts(body.path("permissions")) : EmulatedInstallation.USUAL_PERMISSIONS));
    }

    private static Map<String, String> texts(JsonNode object) {
        Map<String, String> texts = new LinkedHashMap<>();
        object.properties()
                .forEach(entry -> texts.put(entry.getKey(), entry.getValue().asText()));
        return texts;
    }
}
