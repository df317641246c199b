package io.mayfly.playground.github;

import com.fasterxml.jackson.databind.JsonNode;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The installations of the app and the tokens minted for them. */
public final class EmulatedInstallations {

    private static final Duration LIFETIME = Duration.ofHours(1);
    /** Tokens are stateless since April 2026, and that long. */
    private static final int TOKEN_LENGTH = 520;

    private final GitHubApp app;
    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom();
    private final Map<Long, EmulatedInstallation> registered = new ConcurrentHashMap<>();
    private final Map<String, InstallationToken> tokens = new ConcurrentHashMap<>();
    private final Map<Long, String> suspended = new ConcurrentHashMap<>();
    private volatile boolean strict;

    EmulatedInstallations(GitHubApp app, InstantSource clock) {
        this.app = app;
        this.clock = clock;
    }

    public void register(EmulatedInstallation installation) {
        registered.put(installation.id(), installation);
    }

    /** As when the owner uninstalls the app; its tokens are void. */
    public void remove(long id) {
        registered.remove(id);
        tokens.values().removeIf(token -> token.installation() == id);
    }

    /** As when the owner suspends the app, which then has no access. */
    public void suspend(long id) {
        suspended.put(id, clock.instant().toString());
    }

    /** Since when, or null. */
    @Nullable
    String suspended(long id) {
        return suspended.get(id);
    }

    /** Whether installations that were not registered are unknown; by default any id has access to everything. */
    public void strict(boolean value) {
        strict = value;
    }

    /** Makes all tokens void before their time. */
    public void revokeTokens() {
        tokens.clear();
    }

    /** The registered ones; when there are none and any is good, one for each of these owners. */
    List<EmulatedInstallation> known(List<String> owners) {
        if (!registered.isEmpty() || strict) {
            return all();
        }
        List<EmulatedInstallation> made = new ArrayList<>();
        owners.forEach(owner -> made.add(EmulatedInstallation.on(made.size() + 1, owner)));
        return made;
    }

    public List<EmulatedInstallation> all() {
        return registered.values().stream()
                .sorted((a, b) -> Long.compare(a.id(), b.id()))
                .toList();
    }

    Optional<EmulatedInstallation> find(long id) {
        EmulatedInstallation installation = registered.get(id);
        return installation == null && !strict
                ? Optional.of(EmulatedInstallation.on(id, "*"))
                : Optional.ofNullable(installation);
    }

    /** Answers a request for a token, narrowed by what the body asks for. */
    Map<String, Object> mint(long id, JsonNode body) {
        EmulatedInstallation installation = find(id).orElseThrow(GitHubError::notFound);
        if (suspended.containsKey(id)) {
            throw new GitHubError(403, "This installation has been suspended");
        }
        Map<String, String> permissions = narrowPermissions(installation, body.path("permissions"));
        List<String> repositories = narrowRepositories(installation, body.path("repositories"));
        Instant expiresAt = clock.instant().truncatedTo(ChronoUnit.SECONDS).plus(LIFETIME);
        String token = newToken();
        tokens.put(token, new InstallationToken(id, installation.owner(), repositories, permissions, expiresAt));
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("token", token);
        answer.put("expires_at", expiresAt.toString());
        answer.put("permissions", permissions);
        answer.put("repository_selection", repositories.isEmpty() ? "all" : "selected");
        return answer;
    }

    /** Whether it has minted what a caller shows. */
    boolean haveMinted(@Nullable String authorization) {
        String header = authorization == null ? "" : authorization;
        return tokens.containsKey(header.substring(header.indexOf(' ') + 1).strip());
    }

    InstallationToken check(@Nullable String authorization) {
        String header = authorization == null ? "" : authorization;
        int blank = header.indexOf(' ');
        String scheme = header.substring(0, Math.max(0, blank));
        InstallationToken token = tokens.get(header.substring(blank + 1).strip());
        boolean known = scheme.equalsIgnoreCase("bearer") || scheme.equalsIgnoreCase("token");
        if (!known || token == null || !clock.instant().isBefore(token.expiresAt())) {
            throw new GitHubError(401, "Bad credentials");
        }
        return token;
    }

    private static Map<String, String> narrowPermissions(EmulatedInstallation installation, JsonNode asked) {
        if (asked.isMissingNode() || asked.isEmpty()) {
            return installation.permissions();
        }
        Map<String, String> narrowed = new LinkedHashMap<>();
        asked.properties().forEach(entry -> {
            if (!installation.grants(entry.getKey(), entry.getValue().asText())) {
                throw new GitHubError(422, "The permissions requested are not granted to this installation.");
            }
            narrowed.put(entry.getKey(), entry.getValue().asText());
        });
        narrowed.put("metadata", "read");
        return narrowed;
    }

    private static List<String> narrowRepositories(EmulatedInstallation installation, JsonNode asked) {
        if (asked.isMissingNode() || asked.isEmpty()) {
            return installation.repositories();
        }
        List<String> narrowed = new ArrayList<>();
        asked.forEach(name -> narrowed.add(name.asText()));
        if (!installation.repositories().isEmpty()
                && !installation.repositories().containsAll(narrowed)) {
            throw new GitHubError(
                    422,
                    "There is at least one repository that does not exist or is not accessible to the parent"
                            + " installation.");
        }
        return narrowed;
    }

    private String newToken() {
        byte[] bytes = new byte[TOKEN_LENGTH];
        random.nextBytes(bytes);
        String text = "ghs_" + app.id() + "_"
                + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        return text.substring(0, TOKEN_LENGTH);
    }
}
