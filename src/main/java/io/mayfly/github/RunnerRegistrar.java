package io.mayfly.github;

import io.mayfly.outcome.ConfigurationException;
import io.mayfly.outcome.IgnoredException;
import io.mayfly.outcome.UnavailableException;
import io.mayfly.time.Deadline;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Registers runners, each in the name of one of the Apps: GitHub lets an App register 180 a minute. An instance's id says which App
 * comes first for it. Where GitHub takes no more of that one, or it can't be used there, the next one's turn is it. No other
 * App is tried once a registration may have been made: to GitHub its name would be taken.
 */
@Singleton
public class RunnerRegistrar {

    /** GitHub gives 900 points a minute for an endpoint, and a registration costs 5. */
    private static final int A_MINUTE = 180;

    /** A registration, the tries to write its tag, and its deletion where they fail. */
    private static final Duration WORTH_A_REGISTRATION = Duration.ofSeconds(15);

    private static final Duration SOON = Duration.ofSeconds(3);

    /** After so long an App that could not be used is tried again: somebody may have mended it. */
    private static final Duration LEFT_OUT = Duration.ofMinutes(5);

    private static final Logger LOG = Logger.getLogger(RunnerRegistrar.class);

    private final Runners runners;
    private final FurtherApps furtherApps;
    private final InstantSource clock;

    /** Until when GitHub takes no registrations of an App at an owner. */
    private final Map<String, Instant> limited = new ConcurrentHashMap<>();

    /** Until when a further App is not tried in a scope. */
    private final Map<String, Instant> leftOut = new ConcurrentHashMap<>();

    private final Set<String> said = ConcurrentHashMap.newKeySet();

    RunnerRegistrar(Runners runners, FurtherApps furtherApps, InstantSource clock) {
        this.runners = runners;
        this.furtherApps = furtherApps;
        this.clock = clock;
    }

    /** How many runners all Apps together may register in a minute. */
    public int aMinute() {
        return A_MINUTE * (1 + furtherApps.all().size());
    }

    /** How long GitHub takes no registrations in a scope, whichever App asks; null where it does. */
    public @Nullable Duration closedFor(Scope scope) {
        @Nullable Duration shortest = null;
        for (var app : apps(scope)) {
            var wait = waitOf(app, scope);
            if (!wait.isPositive()) {
                return null;
            }
            shortest = shortest == null || wait.compareTo(shortest) < 0 ? wait : shortest;
        }
        return shortest;
    }

    /**
     * Registers the runner of an instance.
     *
     * @param at by the first App
     * @param instanceId which App comes first
     * @param name a name of ours
     */
    public Registration register(
            InstalledScope at, String instanceId, String name, long groupId, List<String> labels, Deadline deadline) {
        var scope = at.scope();
        var order = apps(scope);
        Collections.rotate(order, -Math.floorMod(instanceId.hashCode(), order.size()));
        @Nullable RateLimitedException limit = null;
        for (var app : order) {
            if (waitOf(app, scope).isPositive()) {
                continue;
            }
            if (!deadline.allows(WORTH_A_REGISTRATION)) {
                throw new UnavailableException("out of time", SOON);
            }
            try {
                var reached = app == OwnApp.FIRST ? at : reach(app, scope, deadline);
                if (reached != null) {
                    var registration = register(reached, name, groupId, labels, deadline);
                    if (registration != null) {
                        return registration;
                    }
                }
            } catch (RateLimitedException e) {
                limited.put(key(app, scope.owner()), clock.instant().plus(e.retryAfter()));
                limit = limit == null || e.retryAfter().compareTo(limit.retryAfter()) < 0 ? e : limit;
            }
        }
        throw limit != null ? limit : closed(scope);
    }

    /** Null: this App can't, and another one may. */
    private @Nullable Registration register(
            InstalledScope at, String name, long groupId, List<String> labels, Deadline deadline) {
        if (at.app() == OwnApp.FIRST) {
            return runners.register(at, name, groupId, labels, deadline);
        }
        try {
            var registration = runners.register(at, name, groupId, labels, deadline);
            said.remove(key(at.app(), at.scope().owner()));
            return registration;
        } catch (ConfigurationException | IgnoredException e) {
            leaveOut(at.app(), at.scope(), e);
            return null;
        }
    }

    /** Null: it can't be reached, and nothing was asked of it. */
    private @Nullable InstalledScope reach(OwnApp app, Scope scope, Deadline deadline) {
        try {
            return furtherApps.reach(app, scope, deadline);
        } catch (RateLimitedException e) {
            throw e;
        } catch (UnavailableException e) {
            LOG.warnf("App not reached app=%s scope=%s why=%s", app, scope, e.getMessage());
        } catch (ConfigurationException | IgnoredException e) {
            leaveOut(app, scope, e);
        }
        return null;
    }

    private void leaveOut(OwnApp app, Scope scope, RuntimeException why) {
        furtherApps.forget(app, scope);
        leftOut.put(key(app, scope.path()), clock.instant().plus(LEFT_OUT));
        if (said.add(key(app, scope.owner()))) {
            LOG.warnf("App left out app=%s scope=%s why=%s", app, scope, why.getMessage());
        }
    }

    /** Those that may be asked in a scope: a new list. */
    private List<OwnApp> apps(Scope scope) {
        var apps = new ArrayList<OwnApp>();
        apps.add(OwnApp.FIRST);
        furtherApps.all().stream().filter(app -> isTried(app, scope)).forEach(apps::add);
        return apps;
    }

    private boolean isTried(OwnApp app, Scope scope) {
        var until = leftOut.get(key(app, scope.path()));
        return until == null || !clock.instant().isBefore(until);
    }

    private Duration waitOf(OwnApp app, Scope scope) {
        var until = limited.get(key(app, scope.owner()));
        return until == null ? Duration.ZERO : Duration.between(clock.instant(), until);
    }

    private RateLimitedException closed(Scope scope) {
        var wait = closedFor(scope);
        return new RateLimitedException(
                "GitHub takes no registrations for " + scope + " now", wait == null ? SOON : wait);
    }

    private static String key(OwnApp app, String where) {
        return app + " " + where;
    }
}
