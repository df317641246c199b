package io.mayfly.chaos;

import io.mayfly.http.Answer;
import io.mayfly.http.Connections;
import io.mayfly.http.Request;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * In the place of the connections of one execution environment: its requests go to the emulators by way of the
 * scheduler. As the real ones do, it sends a request once more when a kept connection broke before the answer.
 */
final class Wire extends Connections {

    private static final Duration LONGEST_IDLE = Duration.ofMinutes(4);

    private final Network network;
    private final ExecutionEnvironment environment;
    private final SimulatedTime time;
    private final Map<String, Instant> kept = new HashMap<>();

    Wire(Network network, ExecutionEnvironment environment, SimulatedTime time) {
        super(time);
        this.network = network;
        this.environment = environment;
        this.time = time;
    }

    @Override
    public Answer send(Request request, Duration limit) throws IOException {
        var host = request.uri().getHost();
        var end = time.instant().plus(limit);
        var since = kept.remove(host);
        if (since != null && !time.instant().isAfter(since.plus(LONGEST_IDLE))) {
            try {
                return exchange(request, host, end);
            } catch (EOFException died) {
                network.history().add("  once more on a new connection");
                seen().again(network.operation(environment, request));
            }
            return exchange(request, host, end).repeated();
        }
        return exchange(request, host, end);
    }

    private Answer exchange(Request request, String host, Instant end) throws IOException {
        var limit = Duration.between(time.instant(), end);
        if (!limit.isPositive()) {
            seen().unsent(network.operation(environment, request));
            throw new SocketTimeoutException("time limit");
        }
        var answer = network.exchange(environment, request, limit);
        kept.put(host, time.instant());
        return answer;
    }

    private Seen seen() {
        return environment.invocation().seen();
    }
}
