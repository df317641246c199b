package io.mayfly.playground.github;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mayfly.playground.wire.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A plain client of the emulator. */
public final class PlainGitHubClient implements AutoCloseable {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** An answer; the body is read as JSON. */
    public record Answer(int status, JsonNode body, HttpResponse<String> http) {

        public String message() {
            return body.path("message").asText();
        }

        public Optional<String> header(String name) {
            return http.headers().firstValue(name);
        }

        /** The address of the next page. */
        public Optional<String> next() {
            return header("link").flatMap(link -> {
                int end = link.indexOf(">; rel=\"next\"");
                return end < 0 ? Optional.empty() : Optional.of(link.substring(link.lastIndexOf('<', end) + 1, end));
            });
        }
    }

    private final HttpClient http = HttpClient.newHttpClient();
    private final GitHubEmulator emulator;

    public PlainGitHubClient(GitHubEmulator emulator) {
        this.emulator = emulator;
    }

    public Answer call(String method, String path, @Nullable String credentials, @Nullable Object body) {
        var target = path.startsWith("http") ? URI.create(path) : URI.create(emulator.url() + path);
        HttpRequest.Builder request = HttpRequest.newBuilder(target)
                .method(
                        method,
                        body == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(Json.write(body)));
        if (credentials != null) {
            request.header("Authorization", "Bearer " + credentials);
        }
        try {
            HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Answer(response.statusCode(), MAPPER.readTree(response.body()), response);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    public Answer get(String path, String credentials) {
        return call("GET", path, credentials, null);
    }

    public Answer post(String path, String credentials, Object body) {
        return call("POST", path, credentials, body);
    }

    Answer delete(String path, String credentials) {
        return call("DELETE", path, credentials, null);
    }

    /** A token for the installation 1, narrowed by the body. */
    String token(String jwt, Map<String, Object> body) {
        return post("/app/installations/1/access_tokens", jwt, body)
                .body()
                .path("token")
                .asText();
    }

    /** A JWT of the emulated app, as GitHub's docs advise to make it: dated back a minute, good for nine more. */
    public String jwt() {
        var app = emulator.app();
        long now = emulator.clock().instant().getEpochSecond();
        return jwt(app.key().getPrivate(), app.id(), now - 60, now + 540);
    }

    public static String jwt(PrivateKey key, Object issuer, long issuedAt, long expiresAt) {
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("iss", issuer);
        claims.put("iat", issuedAt);
        claims.put("exp", expiresAt);
        String text = base64(Json.write(Map.of("alg", "RS256", "typ", "JWT"))) + "." + base64(Json.write(claims));
        try {
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(key);
            signature.update(text.getBytes(StandardCharsets.US_ASCII));
            return text + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        http.close();
    }
}
