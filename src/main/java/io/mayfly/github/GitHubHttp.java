package io.mayfly.github;

import io.mayfly.config.Deadline;
import io.mayfly.config.Settings;
import io.mayfly.config.UnavailableException;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One exchange with GitHub over the JDK's URL connection, the same stack that the AWS SDK uses here. A call ends at
 * its time limit however slowly the bytes come. A connection that broke is tried once more: after a freeze the kept
 * ones are dead.
 */
@Singleton
class GitHubHttp {

    private static final int MAX_ANSWER = 8 << 20;

    /** Versioned by date; 2022-11-28 is the one that github.com and all supported Enterprise Servers know. */
    private static final String API_VERSION = "2022-11-28";

    private final Settings settings;
    private final InstantSource clock;
    private @Nullable ScheduledExecutorService timer;

    GitHubHttp(Settings settings, InstantSource clock) {
        this.settings = settings;
        this.clock = clock;
    }

    /** An answer with its headers' names in lower case. */
    record Answer(int status, Map<String, String> headers, byte[] body) {

        @Nullable
        String header(String name) {
            return headers.get(name);
        }

        String requestId() {
            return headers.getOrDefault("x-github-request-id", "unknown");
        }
    }

    /**
     * Sends a request and reads the whole answer.
     *
     * @param path below the API's base, starting with a slash
     * @throws UnavailableException when there is no answer in time
     */
    Answer send(String method, String path, String bearer, byte @Nullable [] body, Duration limit) {
        var deadline = Deadline.in(limit, clock);
        try {
            return exchange(method, path, bearer, body, deadline);
        } catch (SocketTimeoutException e) {
            throw unanswered(method, path);
        } catch (IOException broken) {
            try {
                return exchange(method, path, bearer, body, deadline);
            } catch (IOException e) {
                throw unanswered(method, path);
            }
        }
    }

    private static UnavailableException unanswered(String method, String path) {
        return new UnavailableException("GitHub did not answer " + method + " " + path);
    }

    private Answer exchange(String method, String path, String bearer, byte @Nullable [] body, Deadline deadline)
            throws IOException {
        var millis = (int) Math.max(1, deadline.limit(Duration.ofMinutes(1)).toMillis());
        var connection = (HttpURLConnection)
                URI.create(settings.githubApiUrl() + path).toURL().openConnection();
        connection.setRequestMethod(method);
        connection.setInstanceFollowRedirects(false);
        connection.setConnectTimeout(millis);
        connection.setReadTimeout(millis);
        connection.setRequestProperty("Accept", "application/vnd.github+json");
        connection.setRequestProperty("Authorization", "Bearer " + bearer);
        connection.setRequestProperty("User-Agent", "mayfly");
        connection.setRequestProperty("X-GitHub-Api-Version", API_VERSION);
        var cut = new AtomicBoolean();
        var limit = timer().schedule(
                        () -> {
                            cut.set(true);
                            connection.disconnect();
                        },
                        millis,
                        TimeUnit.MILLISECONDS);
        try {
            if (body != null) {
                connection.setDoOutput(true);
                connection.setRequestProperty("Content-Type", "application/json");
                connection.getOutputStream().write(body);
            }
            var status = connection.getResponseCode();
            return new Answer(status, headers(connection), read(connection, status));
        } catch (IOException e) {
            if (cut.get()) {
                throw new SocketTimeoutException("cut after " + millis + " ms");
            }
            throw e;
        } finally {
            limit.cancel(false);
        }
    }

    private static byte[] read(HttpURLConnection connection, int status) throws IOException {
        InputStream in = status >= 400 ? connection.getErrorStream() : connection.getInputStream();
        if (in == null) {
            return new byte[0];
        }
        try (in) {
            return in.readNBytes(MAX_ANSWER);
        }
    }

    private static Map<String, String> headers(HttpURLConnection connection) {
        var headers = new HashMap<String, String>();
        connection.getHeaderFields().forEach((name, values) -> {
            if (name != null && !values.isEmpty()) {
                headers.put(name.toLowerCase(Locale.ROOT), values.getFirst());
            }
        });
        return headers;
    }

    private synchronized ScheduledExecutorService timer() {
        if (timer == null) {
            timer = Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("github-time-limit").factory());
        }
        return timer;
    }
}
