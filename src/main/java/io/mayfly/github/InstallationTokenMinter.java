package io.mayfly.github;

import io.mayfly.http.Answer;
import io.mayfly.outcome.ConfigurationException;
import io.mayfly.outcome.IgnoredException;
import io.mayfly.outcome.IgnoredReason;
import io.mayfly.time.Deadline;
import io.mayfly.time.TimeLimits;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;

/** Mints installation tokens, narrowed to the permissions in use, and remembers them while they are good. */
@Singleton
class InstallationTokenMinter {

    /** What a header can carry. */
    private static final Pattern TOKEN = Pattern.compile("[\\x21-\\x7e]+");

    /** What GitHub says where it does not know the app itself. */
    private static final String NO_SUCH_APP = "Integration not found";

    private static final Logger LOG = Logger.getLogger(InstallationTokenMinter.class);

    private final AppJwt jwt;
    private final GitHubHttp http;
    private final GitHubAnswers answers;
    private final TimeLimits limits;
    private final InstantSource clock;
    private final Map<Key, MintedToken> tokens = new ConcurrentHashMap<>();
    private final Set<InstallationId> unknown = ConcurrentHashMap.newKeySet();

    InstallationTokenMinter(
            AppJwt jwt, GitHubHttp http, GitHubAnswers answers, TimeLimits limits, InstantSource clock) {
        this.jwt = jwt;
        this.http = http;
        this.answers = answers;
        this.limits = limits;
        this.clock = clock;
    }

    private record Key(OwnApp app, InstallationId installation, String permission) {

        static Key of(InstalledScope at) {
            return new Key(at.app(), at.installation(), at.scope().permission());
        }
    }

    /**
     * A token of the installation that may do what runners of the scope take, and read jobs.
     *
     * @throws IgnoredException where the app has no such installation
     */
    MintedToken get(InstalledScope at, Deadline deadline) {
        var key = Key.of(at);
        var known = tokens.get(key);
        if (known != null && known.isUsable(clock.instant())) {
            return known;
        }
        var minted = mint(key, deadline);
        tokens.put(key, minted);
        return minted;
    }

    /** Forgets a token that GitHub has refused. */
    void forget(InstalledScope at) {
        tokens.remove(Key.of(at));
    }

    private MintedToken mint(Key key, Deadline deadline) {
        var path = ApiPath.of("app", "installations", key.installation(), "access_tokens");
        var call = "POST " + path;
        var body = "{\"permissions\":" + key.app().permissions(key.permission()) + "}";
        var answer = http.send(
                "POST",
                path,
                new Caller.App(key.app()),
                jwt.take(key.app()),
                body.getBytes(StandardCharsets.UTF_8),
                limits.token(),
                deadline);
        if (answer.status() == 404 && GitHubAnswers.message(answer).contains(NO_SUCH_APP)) {
            throw new ConfigurationException(
                    key.app().idSetting(),
                    "GitHub knows no such app (request " + GitHubAnswers.requestId(answer) + ")");
        }
        if (answer.status() == 404) {
            var why = "installation " + key.installation() + " is none of this app's (request "
                    + GitHubAnswers.requestId(answer) + ")";
            if (key.app() == OwnApp.FIRST && unknown.add(key.installation())) {
                LOG.warnf("%s: is its webhook secret another app's too?", why);
            }
            throw new IgnoredException(IgnoredReason.UNKNOWN_INSTALLATION, why);
        }
        if (answer.status() == 422) {
            throw new ConfigurationException(
                    (key.app() == OwnApp.FIRST
                                    ? "GitHub App permissions actions: read and "
                                    : key.app() + " permission ")
                            + key.permission() + ": write",
                    "not granted to installation " + key.installation() + ": " + GitHubAnswers.message(answer)
                            + " (request " + GitHubAnswers.requestId(answer) + ")");
        }
        if (answer.status() != 201 && answer.status() != 200) {
            throw answers.refused(answer, call, key.app());
        }
        return token(answer, call);
    }

    private MintedToken token(Answer answer, String call) {
        return answers.read(answer, call, fields -> {
            var token = fields.neededText("token");
            if (!TOKEN.matcher(token).matches()) {
                throw fields.wrong("token", "is none");
            }
            return new MintedToken(token, clock.instant(), fields.neededInstant("expires_at"));
        });
    }
}
