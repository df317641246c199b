package io.mayfly.fuzz;

import io.mayfly.http.Answer;
import io.mayfly.http.Connections;
import io.mayfly.http.Request;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Connections whose answers are a part of the input, and then break off. Every request has to be one that can be sent. */
public final class ScriptedConnections extends Connections {

    /** Where the application thinks GitHub and AWS are. */
    public static final String HOST = "services.invalid";

    /** The chaos suite's simulation sets it for all AWS clients of the process, where both run in one. */
    private static final String AWS_OF_THE_SIMULATION = "aws.invalid";

    private static final Pattern PATH = Pattern.compile("(/[A-Za-z0-9_.~%-]*)*");
    private static final Pattern DOTS = Pattern.compile("(.*/)?\\.{1,2}(/.*)?");

    private Function<Request, @Nullable Answer> answers = request -> null;
    private final List<Request> requests = new ArrayList<>();

    public ScriptedConnections(InstantSource clock) {
        super(clock);
    }

    /** Starts anew with these answers, whatever is asked. */
    public void script(List<Answer> next) {
        Deque<Answer> left = new ArrayDeque<>(next);
        script(request -> left.poll());
    }

    /** Starts anew with services that answer what they are asked; null breaks the connection off. */
    public void script(Function<Request, @Nullable Answer> services) {
        answers = services;
        requests.clear();
    }

    /** What was sent since. */
    public List<Request> requests() {
        return requests;
    }

    @Override
    public Answer send(Request request, Duration limit) throws IOException {
        check(request);
        requests.add(request);
        var answer = answers.apply(request);
        if (answer == null) {
            throw new EOFException("no more answers");
        }
        return answer;
    }

    private static void check(Request request) {
        var uri = request.uri();
        var host = String.valueOf(uri.getHost());
        if (!host.equals(HOST) && !host.endsWith(".amazonaws.com") && !host.equals(AWS_OF_THE_SIMULATION)) {
            throw new AssertionError("a request to another host: " + uri);
        }
        if (!PATH.matcher(uri.getRawPath()).matches()
                || DOTS.matcher(uri.getRawPath()).matches()) {
            throw new AssertionError("a request to a path that was chosen for it: " + uri);
        }
        if (uri.getRawFragment() != null) {
            throw new AssertionError("a request with a fragment: " + uri);
        }
        request.headers().forEach((name, value) -> {
            if (value.chars().anyMatch(character -> character < ' ')) {
                throw new AssertionError("a header with a control character: " + name);
            }
        });
    }
}
