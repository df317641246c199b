package io.mayfly.playground.relay;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mayfly.playground.wire.ServerRequest;
import io.mayfly.playground.wire.ServerResponse;
import io.smallrye.jwt.build.Jwt;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A real GitHub, asked as the app, or on behalf of who has a token of it. */
public final class AppClient {

    /** Why there was no answer, or none that helps. Nothing of it gives access. */
    public static final class Trouble extends Exception {

        private static final long serialVersionUID = 1;

        private final int status;
        private final @Nullable Duration wait;

        /** @param status of GitHub's answer; 0 when there was none */
        public Trouble(String message, int status, @Nullable Duration wait) {
            super(message);
            this.status = status;
            this.wait = wait;
        }

        /** Whether GitHub has answered that there is no such thing. */
        boolean isGone() {
            return status == 404;
        }

        /** For how long GitHub wants not to be asked; empty where it did not say. */
        Optional<Duration> wanted() {
            return Optional.ofNullable(wait);
        }

        public String told() {
            return String.valueOf(getMessage());
        }
    }

    /**
     * A good answer.
     *
     * @param tag by which to ask whether something has changed, empty for none
     * @param next address of the next page, empty for none
     */
    public record Answer(JsonNode json, String tag, String next) {}

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Pattern NEXT = Pattern.compile("<([^>]+)>; *rel=\"next\"");
    private static final Duration CONNECTING = Duration.ofSeconds(5);
    private static final Duration ANSWERING = Duration.ofSeconds(20);

    /** GitHub takes no JWT of more than 10 minutes, and its clock may be another. */
    private static final Duration JWT_LASTS = Duration.ofMinutes(9);

    private static final Duration CLOCK_DRIFT = Duration.ofMinutes(1);

    /** Asked for by the client itself, or meant for one connection. */
    private static final Set<String> NOT_PASSED_ON = Set.of(
            "host", "connection", "content-length", "transfer-encoding", "expect", "upgrade", "keep-alive", ":status");

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(CONNECTING).build();
    private final AppCredentials credentials;
    private final InstantSource clock;

    public AppClient(AppCredentials credentials, InstantSource clock) {
        this.credentials = credentials;
        this.clock = clock;
    }

    /**
     * Asks as the app.
     *
     * @param address a path, or what an answer gave for its next page
     * @param tag of the answer that is known; an answer that has not changed is empty
     */
    public Optional<Answer> get(String address, String tag) throws Trouble, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(address))
                .timeout(ANSWERING)
                .header("Accept", "application/vnd.github+json")
                .header("X-GitHub-Api-Version", "2022-11-28")
                .header("User-Agent", "mayfly-playground")
                .header("Authorization", "Bearer " + jwt());
        if (!tag.isEmpty()) {
            request.header("If-None-Match", tag);
        }
        HttpResponse<String> response = send(request.build());
        return response.statusCode() == 304 ? Optional.empty() : Optional.of(read(response));
    }

    /** Passes a request of somebody else on, with what it proves itself by, and the answer back. */
    public ServerResponse pass(ServerRequest request) throws InterruptedException {
        HttpRequest.Builder passed = HttpRequest.newBuilder(URI.create(credentials.api() + request.target()))
                .timeout(ANSWERING)
                .method(request.method(), HttpRequest.BodyPublishers.ofString(request.body()));
        request.headers().forEach((name, value) -> {
            if (!NOT_PASSED_ON.contains(name)) {
                passed.header(name, value);
            }
        });
        try {
            return answer(send(passed.build()), request.origin());
        } catch (Trouble e) {
            return ServerResponse.json(502, Map.of("message", e.told()));
        }
    }

    private ServerResponse answer(HttpResponse<String> response, String origin) {
        Map<String, String> headers = new TreeMap<>();
        response.headers().map().forEach((name, values) -> {
            if (!NOT_PASSED_ON.contains(name)) {
                headers.put(name, String.join(", ", values));
            }
        });
        // The next page is to be asked for here, too.
        headers.computeIfPresent(
                "link", (name, link) -> link.replace("<" + credentials.api() + "/", "<" + origin + "/"));
        return new ServerResponse(response.statusCode(), headers, response.body());
    }

    private HttpResponse<String> send(HttpRequest request) throws Trouble, InterruptedException {
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            throw new Trouble(credentials.api() + " does not answer: " + why, 0, null);
        }
    }

    private Answer read(HttpResponse<String> response) throws Trouble {
        JsonNode json = json(response.body());
        int status = response.statusCode();
        if (status == 200) {
            Matcher next = NEXT.matcher(header(response, "link"));
            return new Answer(json, header(response, "etag"), next.find() ? next.group(1) : "");
        }
        String said = status + " " + json.path("message").asText("");
        if (status == 401) {
            throw new Trouble(
                    "GitHub does not accept id and key of the " + credentials.app() + ": " + said, status, null);
        }
        throw new Trouble("GitHub answers " + said, status, wait(response));
    }

    /** See "Rate limits for the REST API" in GitHub's docs. */
    private @Nullable Duration wait(HttpResponse<String> response) {
        String after = header(response, "retry-after");
        if (after.matches("[0-9]{1,6}")) {
            return Duration.ofSeconds(Long.parseLong(after));
        }
        String reset = header(response, "x-ratelimit-reset");
        if (header(response, "x-ratelimit-remaining").equals("0") && reset.matches("[0-9]{1,12}")) {
            return Duration.between(clock.instant(), Instant.ofEpochSecond(Long.parseLong(reset)));
        }
        return null;
    }

    private static String header(HttpResponse<String> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    private static JsonNode json(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            return MAPPER.missingNode();
        }
    }

    /** An app's JWT goes to its own server alone, wherever an answer sends one. */
    private URI uri(String address) throws Trouble {
        if (!address.startsWith("/") && !address.startsWith(credentials.api() + "/")) {
            throw new Trouble("GitHub's next page is at another server", 0, null);
        }
        return URI.create(address.startsWith("/") ? credentials.api() + address : address);
    }

    /** A new one each time: the same twice within a second was seen to be refused (github-aws-runners issue 5025). */
    private String jwt() {
        Instant issued = clock.instant().minus(CLOCK_DRIFT);
        return Jwt.issuer(String.valueOf(credentials.app().id()))
                .issuedAt(issued)
                .expiresAt(issued.plus(JWT_LASTS))
                .claim("jti", UUID.randomUUID().toString())
                .sign(credentials.app().key().getPrivate());
    }
}
