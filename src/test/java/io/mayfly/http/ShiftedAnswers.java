package io.mayfly.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A service whose first answer is followed by one more that nobody asked for, and that answers every other request with
 * the request's own path: whoever gets another path has got the answer to another question.
 *
 * @param first what the first connection answers first
 * @param later what it says when that answer was read; empty for nothing
 */
record ShiftedAnswers(String first, String later) {

    private static final Duration LIMIT = Duration.ofMinutes(1);

    /**
     * What became of three requests.
     *
     * @param connections over how many they went
     * @param wrong the first answer that was another request's; null where each got its own
     */
    record Seen(int connections, @Nullable String wrong) {}

    static String answer(String path) {
        return "HTTP/1.1 200 OK\r\nContent-Length: " + path.length() + "\r\n\r\n" + path;
    }

    Seen ask(Connections connections) throws IOException {
        try (var server = new RawServer((connection, exchange, request, out) -> {
            var path = request.split(" ", 3)[1];
            out.write(RawServer.latin1(connection == 1 && exchange == 1 ? first : answer(path)));
            return true;
        })) {
            try {
                send(connections, server, "/1");
            } catch (IOException e) {
                // An answer that is refused is the right end, too: it is about the ones that follow.
            }
            if (!later.isEmpty()) {
                server.say(1, later);
            }
            String wrong = null;
            for (var path : new String[] {"/2", "/3"}) {
                var answer = send(connections, server, path);
                if (wrong == null && !answer.equals(path)) {
                    wrong = path + " was answered " + answer;
                }
            }
            return new Seen(server.connections(), wrong);
        }
    }

    private static String send(Connections connections, RawServer server, String path) throws IOException {
        var answer = connections.send(new Request("GET", server.uri(path), Map.of(), new byte[0]), LIMIT);
        return new String(answer.body(), StandardCharsets.ISO_8859_1);
    }
}
