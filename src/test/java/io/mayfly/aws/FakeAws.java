package io.mayfly.aws;

import io.mayfly.environment.Environment;
import io.mayfly.http.Answer;
import io.mayfly.http.Connections;
import io.mayfly.http.Request;
import io.mayfly.metrics.Measurements;
import io.mayfly.metrics.Service;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** AWS at the end of our connections: it answers what it is told to, in order, and keeps what it was asked. */
public final class FakeAws {

    private final Map<String, String> variables = new HashMap<>(Map.of(
            "AWS_REGION", "eu-central-1",
            "AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE",
            "AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"));
    private final List<String> counted = new ArrayList<>();
    private final Measurements measurements = new Measurements() {
        @Override
        public synchronized void call(Service service, String operation, Duration time) {
            counted.add(service + " " + operation + " " + time.toMillis());
        }
    };
    private final List<Request> requests = new ArrayList<>();
    private final List<Duration> limits = new ArrayList<>();
    private final Deque<Exchange> exchanges = new ArrayDeque<>();
    private Instant now = Instant.parse("2026-11-30T12:00:00Z");
    private final InstantSource clock = () -> now;

    /** What happens to a request. */
    private interface Exchange {
        Answer answer() throws IOException;
    }

    private final Connections connections = new Connections(clock) {
        @Override
        public Answer send(Request request, Duration limit) throws IOException {
            requests.add(request);
            limits.add(limit);
            return exchanges.removeFirst().answer();
        }
    };

    private final Environment environment = new Environment() {
        @Override
        public @Nullable String get(String name) {
            return variables.get(name);
        }
    };

    /** The calls of a function whose services these are. */
    public AwsCalls calls() {
        return new AwsCalls(connections, environment, clock, measurements);
    }

    /** The SDK's clients of such a function. */
    public AwsClients clients() {
        return new AwsClients(connections, environment, clock, measurements);
    }

    public FakeAws with(String variable, String value) {
        variables.put(variable, value);
        return this;
    }

    public FakeAws without(String variable) {
        variables.remove(variable);
        return this;
    }

    public FakeAws answers(int status, String body) {
        return answers(status, Map.of(), body);
    }

    public FakeAws answers(int status, Map<String, String> headers, String body) {
        return answers(status, headers, body.getBytes(StandardCharsets.UTF_8));
    }

    public FakeAws answers(int status, Map<String, String> headers, byte[] body) {
        exchanges.add(() -> new Answer(status, headers, body));
        return this;
    }

    /** The next request gets no answer, and takes so long. */
    public FakeAws fails(IOException failure, Duration after) {
        exchanges.add(() -> {
            now = now.plus(after);
            throw failure;
        });
        return this;
    }

    public List<Request> requests() {
        return requests;
    }

    /** What each request was given of time. */
    public List<Duration> limits() {
        return limits;
    }

    /** The calls that were counted: service, operation, milliseconds. */
    public List<String> counted() {
        return counted;
    }
}
