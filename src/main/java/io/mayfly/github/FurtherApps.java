package io.mayfly.github;

import io.mayfly.http.Answer;
import io.mayfly.json.JsonFields;
import io.mayfly.outcome.ConfigurationException;
import io.mayfly.time.Deadline;
import io.mayfly.time.TimeLimits;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/**
 * The Apps beside the first. Each has an installation of its own at an owner, which is looked up when it is needed first, and
 * remembered.
 */
@Singleton
class FurtherApps {

    private static final Logger LOG = Logger.getLogger(FurtherApps.class);

    private final AppJwt jwt;
    private final GitHubHttp http;
    private final GitHubAnswers answers;
    private final InstallationTokenMinter tokens;
    private final TimeLimits limits;
    private final Map<Place, InstallationId> installations = new ConcurrentHashMap<>();
    private final Set<String> said = ConcurrentHashMap.newKeySet();

    FurtherApps(AppJwt jwt, GitHubHttp http, GitHubAnswers answers, InstallationTokenMinter tokens, TimeLimits limits) {
        this.jwt = jwt;
        this.http = http;
        this.answers = answers;
        this.tokens = tokens;
        this.limits = limits;
    }

    private record Place(OwnApp app, String owner) {}

    /** Those that are set. One that can't be read is left out, which is said once: the others do its work. */
    List<OwnApp> all() {
        var all = new ArrayList<OwnApp>();
        for (var app : OwnApp.FURTHER) {
            try {
                if (jwt.has(app)) {
                    all.add(app);
                }
            } catch (ConfigurationException e) {
                if (said.add(app + ": " + e.getMessage())) {
                    LOG.warnf("App left out app=%s why=%s", app, e.getMessage());
                }
            }
        }
        return all;
    }

    /**
     * A scope as an App reaches it, with a token at hand: what fails from here on is a call of the scope's.
     *
     * @throws ConfigurationException where it does not reach it
     */
    InstalledScope reach(OwnApp app, Scope scope, Deadline deadline) {
        var place = new Place(app, scope.owner());
        var known = installations.get(place);
        var at = new InstalledScope(scope, known == null ? find(app, scope, deadline) : known, app);
        tokens.get(at, deadline);
        installations.put(place, at.installation());
        return at;
    }

    /** Where it was installed it may not be any more. */
    void forget(OwnApp app, Scope scope) {
        installations.remove(new Place(app, scope.owner()));
    }

    private InstallationId find(OwnApp app, Scope scope, Deadline deadline) {
        var path = scope.api().slash("installation");
        var call = "GET " + path;
        var answer = http.send(
                "GET", path, new Caller.App(app), jwt.take(app), GitHubHttp.NO_BODY, limits.lookup(), deadline);
        if (answer.status() == 404) {
            throw new ConfigurationException(app.settings(), "it is not installed on " + scope + said(answer));
        }
        if (answer.status() != 200) {
            throw answers.refused(answer, call, app);
        }
        return answers.read(answer, call, fields -> id(fields, app, scope));
    }

    private static InstallationId id(JsonFields fields, OwnApp app, Scope scope) {
        if (fields.instant("suspended_at") != null) {
            throw new ConfigurationException(app.settings(), "its installation on " + scope + " is suspended");
        }
        return new InstallationId(fields.neededId("id"));
    }

    private static String said(Answer answer) {
        return ": " + GitHubAnswers.message(answer) + " (request " + GitHubAnswers.requestId(answer) + ")";
    }
}
