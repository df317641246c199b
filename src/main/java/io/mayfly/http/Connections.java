package io.mayfly.http;

import io.mayfly.priming.Primed;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The connections that are kept between two uses, and over the freezes of Lambda. A kept one may have died meanwhile; it
 * shows when it is used, so a request that breaks on a kept connection without an answer is sent once more on a new one. One
 * on which something has come meanwhile is closed instead.
 */
@Singleton
public class Connections {

    /** NAT gateways forget a connection after 350 s; what is older may be dead without a sign. */
    private static final Duration LONGEST_IDLE = Duration.ofMinutes(4);

    private static final Deque<Connection> NONE = new ArrayDeque<>(0);

    private final Map<Origin, Deque<Connection>> idle = new HashMap<>();
    private final InstantSource clock;

    public Connections(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * Sends a request and reads the whole answer. What is primed is not sent: a connection is opened for who comes later.
     *
     * @param limit for all of it, however slowly the bytes come
     * @throws SocketTimeoutException at the limit
     * @throws IOException when there is no answer for another reason; the request may have been carried out
     */
    public Answer send(Request request, Duration limit) throws IOException {
        var origin = Origin.of(request.uri());
        var deadline = System.nanoTime() + limit.toNanos();
        var canned = Primed.answer();
        if (canned != null) {
            openForLater(origin, deadline);
            return new Answer(
                    200,
                    Map.of("content-type", canned.contentType()),
                    canned.body().getBytes(StandardCharsets.UTF_8));
        }
        var kept = take(origin);
        if (kept != null) {
            try {
                return exchange(origin, kept, request, deadline);
            } catch (SocketTimeoutException e) {
                throw e;
            } catch (IOException died) {
                forget(origin);
                if (kept.hasAnswerBegun()) {
                    throw died;
                }
            }
            return exchange(origin, Connection.open(origin, deadline), request, deadline)
                    .repeated();
        }
        return exchange(origin, Connection.open(origin, deadline), request, deadline);
    }

    /** Opens a connection, unless one is kept already. Who needs it later finds out why there is none. */
    private void openForLater(Origin origin, long deadline) {
        synchronized (idle) {
            if (!idle.getOrDefault(origin, NONE).isEmpty()) {
                return;
            }
        }
        try {
            keep(origin, Connection.open(origin, deadline));
        } catch (IOException notReachable) {
            // Nothing is asked for yet.
        }
    }

    private Answer exchange(Origin origin, Connection connection, Request request, long deadline) throws IOException {
        try {
            var answer = connection.exchange(request, deadline);
            if (isReusable(connection)) {
                keep(origin, connection);
            } else {
                connection.close();
            }
            return answer;
        } catch (IOException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /** Whether another exchange may follow; for tests of what happens when this is judged wrongly. */
    boolean isReusable(Connection connection) {
        return connection.isReusable();
    }

    /** Whether nothing has come while it was kept; for the same. */
    boolean isQuiet(Connection connection) {
        return connection.isQuiet();
    }

    private @Nullable Connection take(Origin origin) {
        synchronized (idle) {
            var kept = idle.getOrDefault(origin, NONE);
            var now = clock.instant();
            for (var connection = kept.pollFirst(); connection != null; connection = kept.pollFirst()) {
                if (!connection.isIdleLongerThan(LONGEST_IDLE, now) && isQuiet(connection)) {
                    return connection;
                }
                connection.close();
            }
            return null;
        }
    }

    private void keep(Origin origin, Connection connection) {
        synchronized (idle) {
            connection.idleSince(clock.instant());
            idle.computeIfAbsent(origin, key -> new ArrayDeque<>()).addFirst(connection);
        }
    }

    private void forget(Origin origin) {
        Deque<Connection> dead;
        synchronized (idle) {
            dead = idle.remove(origin);
        }
        if (dead != null) {
            dead.forEach(Connection::close);
        }
    }
}
