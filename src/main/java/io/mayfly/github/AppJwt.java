package io.mayfly.github;

import io.mayfly.config.Setting;
import io.mayfly.config.Settings;
import io.mayfly.outcome.ConfigurationException;
import io.smallrye.jwt.build.Jwt;
import io.smallrye.jwt.build.JwtSignatureException;
import jakarta.inject.Singleton;
import java.security.PrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The JWT by which the app proves itself. GitHub allows 10 minutes and wants {@code iat} in the past against clock
 * skew; a JWT of exactly 10 minutes is refused when the clocks differ, so it lives 9. Two identical ones in a second
 * are answered 404, hence {@code jti}.
 */
@Singleton
public class AppJwt {

    private static final Duration BACKDATED = Duration.ofMinutes(1);
    /** A primed JWT that is older is not used: several minutes of its life shall be left. */
    private static final Duration FRESH = Duration.ofMinutes(5);

    private static final Duration LIFETIME = Duration.ofMinutes(9);

    private final Settings settings;
    private final InstantSource clock;
    private final Map<OwnApp, Parsed> parsed = new EnumMap<>(OwnApp.class);
    private @Nullable Primed primed;

    public AppJwt(Settings settings, InstantSource clock) {
        this.settings = settings;
        this.clock = clock;
    }

    private record Primed(String jwt, Instant mintedAt) {

        @Override
        public String toString() {
            return "Primed[" + mintedAt + "]";
        }
    }

    private record Parsed(Setting setting, PrivateKey key) {

        @Override
        public String toString() {
            return "Parsed[" + setting + "]";
        }
    }

    /** Mints a JWT ahead of need, for one use. Signing is the dearest computation of a cold start. */
    public synchronized void prime() {
        primed = new Primed(sign(OwnApp.FIRST), clock.instant());
    }

    /** The first App's JWT for one use: the primed one while it is fresh, else a new one. */
    synchronized String take() {
        var ready = primed;
        primed = null;
        return ready != null && clock.instant().isBefore(ready.mintedAt().plus(FRESH))
                ? ready.jwt()
                : sign(OwnApp.FIRST);
    }

    /** A JWT of an App for one use. */
    synchronized String take(OwnApp app) {
        return app == OwnApp.FIRST ? take() : sign(app);
    }

    /**
     * Whether an App is set, and usable as far as can be seen without asking GitHub.
     *
     * @throws ConfigurationException when it is set wrongly
     */
    synchronized boolean has(OwnApp app) {
        var credentials = app.credentials(settings);
        return credentials != null && parsed(app, credentials.key()) != null;
    }

    /**
     * Mints a JWT.
     *
     * @throws ConfigurationException when the app id or the key is missing or unusable
     */
    private String sign(OwnApp app) {
        var now = clock.instant();
        var credentials = app.credentials(settings);
        if (credentials == null) {
            throw new ConfigurationException(app.settings(), "is not set any more");
        }
        var key = credentials.key();
        try {
            return Jwt.issuer(credentials.id())
                    .issuedAt(now.minus(BACKDATED))
                    .expiresAt(now.plus(LIFETIME))
                    .claim("jti", UUID.randomUUID().toString())
                    .sign(parsed(app, key));
        } catch (JwtSignatureException e) {
            throw new ConfigurationException(key.key(), "can't sign with it; GitHub's keys are RSA with 2048 bits");
        }
    }

    private synchronized PrivateKey parsed(OwnApp app, Setting setting) {
        var known = parsed.get(app);
        if (known != null && known.setting().equals(setting)) {
            return known.key();
        }
        var key = PrivateKeyParser.parse(setting);
        parsed.put(app, new Parsed(setting, key));
        return key;
    }
}
