package io.mayfly.playground.github;

import com.fasterxml.jackson.databind.JsonNode;
import io.mayfly.playground.wire.Json;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Checks the JWT of an app as GitHub does.
 *
 * @see <a href="https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app">Generating
 *     a JSON web token (JWT) for a GitHub App</a>
 */
final class AppJwtCheck {

    private static final int MAX_LIFETIME_SECONDS = 600;
    private static final int MAX_DRIFT_SECONDS = 60;

    private final GitHubApp app;
    private final InstantSource clock;
    private final Map<String, Long> seen = new HashMap<>();
    private volatile boolean refuseRepeated;

    AppJwtCheck(GitHubApp app, InstantSource clock) {
        this.app = app;
        this.clock = clock;
    }

    void refuseRepeated(boolean value) {
        refuseRepeated = value;
    }

    /** Whether a caller says that it is the app. */
    boolean isNamed(@Nullable String authorization) {
        String header = authorization == null ? "" : authorization;
        String[] parts = header.substring(header.indexOf(' ') + 1).split("\\.", -1);
        if (parts.length != 3) {
            return false;
        }
        try {
            return isIssuer(decode(parts[1]).path("iss").asText());
        } catch (GitHubError undecodable) {
            return false;
        }
    }

    private boolean isIssuer(String issuer) {
        return issuer.equals(app.clientId()) || issuer.equals(String.valueOf(app.id()));
    }

    void check(@Nullable String authorization) {
        String[] parts = bearer(authorization).split("\\.", -1);
        if (parts.length != 3) {
            throw undecodable();
        }
        if (!"RS256".equals(decode(parts[0]).path("alg").asText()) || !signed(parts[0] + "." + parts[1], parts[2])) {
            throw undecodable();
        }
        checkClaims(decode(parts[1]));
        checkFirstUse(String.join(".", parts));
    }

    private void checkClaims(JsonNode claims) {
        long now = clock.instant().getEpochSecond();
        if (!isIssuer(claims.path("iss").asText())) {
            throw new GitHubError(401, "'Issuer' claim ('iss') must be an Integer");
        }
        if (!claims.path("iat").isIntegralNumber() || claims.path("iat").asLong() > now + MAX_DRIFT_SECONDS) {
            throw new GitHubError(
                    401,
                    "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued");
        }
        if (!claims.path("exp").isIntegralNumber() || claims.path("exp").asLong() <= now) {
            throw new GitHubError(
                    401,
                    "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the"
                            + " assertion expires");
        }
        if (claims.path("exp").asLong() > now + MAX_LIFETIME_SECONDS) {
            throw new GitHubError(401, "'Expiration time' claim ('exp') is too far in the future");
        }
    }

    /** Two identical JWTs in one second were seen to be answered 404 (github-aws-runners issue 5025). */
    private synchronized void checkFirstUse(String jwt) {
        long now = clock.instant().getEpochSecond();
        seen.values().removeIf(second -> second != now);
        boolean repeated = seen.put(jwt, now) != null;
        if (refuseRepeated && repeated) {
            throw GitHubError.notFound();
        }
    }

    private boolean signed(String text, String signature) {
        try {
            Signature verifier = Signature.getInstance("SHA256withRSA");
            verifier.initVerify(app.key().getPublic());
            verifier.update(text.getBytes(StandardCharsets.US_ASCII));
            return verifier.verify(Base64.getUrlDecoder().decode(signature));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return false;
        }
    }

    private static JsonNode decode(String part) {
        try {
            return Json.object(new String(Base64.getUrlDecoder().decode(part), StandardCharsets.UTF_8))
                    .orElseThrow(AppJwtCheck::undecodable);
        } catch (IllegalArgumentException e) {
            throw undecodable();
        }
    }

    private static String bearer(@Nullable String authorization) {
        if (authorization == null || !authorization.regionMatches(true, 0, "Bearer ", 0, 7)) {
            throw undecodable();
        }
        return authorization.substring(7).strip();
    }

    private static GitHubError undecodable() {
        return new GitHubError(401, "A JSON web token could not be decoded");
    }
}
