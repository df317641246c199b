package io.mayfly.config;

import io.mayfly.aws.ParameterStore;
import io.mayfly.environment.Environment;
import io.mayfly.outcome.ConfigurationException;
import io.mayfly.outcome.UnavailableException;
import io.mayfly.time.Sleeper;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The parameters below the path {@code MAYFLY_PARAMETERS} in SSM, read in one call on first use and remembered for
 * 5 minutes. Where a later read fails, the values from before stay in use.
 */
@Singleton
public class Parameters {

    /** All that is ever read; GetParameters takes up to 10 names. */
    private static final List<String> NAMES = List.of(
            "github-app-id",
            "github-private-key",
            "github-webhook-secret",
            "github-previous-webhook-secret",
            "github-app-2",
            "github-app-3",
            "pools",
            "paused",
            "url");

    private static final Duration REMEMBERED = Duration.ofMinutes(5);
    private static final Duration OLD = Duration.ofSeconds(10);
    private static final Duration BETWEEN_EXTRA_LOOKS = Duration.ofMinutes(1);
    private static final Duration AFTER_A_FAILURE = Duration.ofSeconds(30);

    /** Between tries, where nothing was read before. */
    private static final List<Duration> PAUSES = List.of(Duration.ofMillis(300), Duration.ofMillis(700));

    private static final Logger LOG = Logger.getLogger(Parameters.class);

    private final Environment environment;
    private final ParameterStore store;
    private final InstantSource clock;
    private final Sleeper sleeper;

    private Map<String, String> values = Map.of();
    private @Nullable Instant goodUntil;
    private @Nullable Instant lastRead;
    private @Nullable Instant lastExtraLook;

    public Parameters(Environment environment, ParameterStore store, InstantSource clock, Sleeper sleeper) {
        this.environment = environment;
        this.store = store;
        this.clock = clock;
        this.sleeper = sleeper;
    }

    /** The path, without a slash at its end; null where parameters are not used. */
    @Nullable
    String path() {
        var path = environment.get("MAYFLY_PARAMETERS");
        if (path == null) {
            return null;
        }
        if (!path.startsWith("/")) {
            throw new ConfigurationException("MAYFLY_PARAMETERS", "must start with a slash, e.g. /mayfly/prod");
        }
        return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }

    /** Reads them ahead of need, where they are in use; the first who needs them reads them otherwise. */
    public synchronized void prime() {
        var path = path();
        if (path != null && goodUntil == null) {
            read(path, clock.instant());
        }
    }

    /**
     * A parameter's value, null where it doesn't exist.
     *
     * @throws UnavailableException when SSM does not answer and nothing was read before
     * @throws ConfigurationException when SSM refuses
     */
    synchronized @Nullable Setting get(String parameter) {
        var path = path();
        if (path == null) {
            return null;
        }
        var now = clock.instant();
        if (goodUntil == null) {
            readFirst(path);
        } else if (!now.isBefore(goodUntil)) {
            readOrKeep(path, now);
        }
        var value = values.get(path + "/" + parameter);
        return value == null || value.isEmpty() ? null : new Setting(path + "/" + parameter, value);
    }

    /**
     * Reads anew, out of turn, what is over 10 s old: during a rotation the right secret may be there already. At most once a
     * minute, for anybody can send wrong signatures. True when it was read.
     */
    synchronized boolean readAgain() {
        var path = path();
        var now = clock.instant();
        if (path == null || isWithin(lastRead, OLD, now) || isWithin(lastExtraLook, BETWEEN_EXTRA_LOOKS, now)) {
            return false;
        }
        lastExtraLook = now;
        return readOrKeep(path, now);
    }

    private static boolean isWithin(@Nullable Instant moment, Duration time, Instant now) {
        return moment != null && now.isBefore(moment.plus(time));
    }

    /** False: it could not be read, and the values from before stay in use. */
    private boolean readOrKeep(String path, Instant now) {
        try {
            read(path, now);
            return true;
        } catch (UnavailableException | ConfigurationException e) {
            LOG.warnf("parameters not read anew: %s", e.getMessage());
            if (goodUntil != null) {
                goodUntil = now.plus(AFTER_A_FAILURE);
            }
            return false;
        }
    }

    /** Without them nothing can be done, and a burst starts more environments in a second than SSM answers. */
    private void readFirst(String path) {
        for (var pause : PAUSES) {
            try {
                read(path, clock.instant());
                return;
            } catch (UnavailableException e) {
                sleeper.sleep(pause);
            }
        }
        read(path, clock.instant());
    }

    private void read(String path, Instant now) {
        lastRead = now;
        values = new HashMap<>(
                store.get(NAMES.stream().map(name -> path + "/" + name).toList()));
        goodUntil = now.plus(REMEMBERED);
    }
}
