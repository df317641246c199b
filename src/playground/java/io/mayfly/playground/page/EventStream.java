package io.mayfly.playground.page;

import com.sun.net.httpserver.HttpExchange;
import io.mayfly.playground.board.Board;
import io.mayfly.playground.wire.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What changes, as server-sent events. A page that comes back says the last event it has seen, and goes on from there; a new
 * one, or one from before a restart, gets everything.
 *
 * @see <a href="https://html.spec.whatwg.org/multipage/server-sent-events.html">Server-sent events</a>
 */
final class EventStream {

    /** Changes within this time go together. */
    private static final long GATHER_MILLIS = 100;

    /** A connection that is silent for longer could be dead. */
    private static final long SILENCE_MILLIS = 10_000;

    private final Board board;
    private final Overview overview;

    EventStream(Board board, Overview overview) {
        this.board = board;
        this.overview = overview;
    }

    /** Serves until the client is gone. */
    void serve(HttpExchange exchange) throws IOException, InterruptedException {
        exchange.getResponseHeaders().add("Content-Type", "text/event-stream; charset=utf-8");
        exchange.sendResponseHeaders(200, 0);
        var out = exchange.getResponseBody();
        var since = since(exchange.getRequestHeaders().getFirst("Last-Event-ID"));
        out.write("retry: 1000\n\n".getBytes(StandardCharsets.UTF_8));
        while (true) {
            var changes = board.changesSince(since);
            out.write(event(changes, since == 0).getBytes(StandardCharsets.UTF_8));
            out.flush();
            since = changes.version();
            board.await(since, SILENCE_MILLIS);
            Thread.sleep(GATHER_MILLIS);
        }
    }

    private String event(Board.Changes changes, boolean first) {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("reset", first);
        data.put("oldest", changes.oldest());
        data.put("rows", changes.rows());
        data.put("overview", overview.json());
        return "id: " + board.epoch() + "-" + changes.version() + "\ndata: " + Json.write(data) + "\n\n";
    }

    /** 0 is the beginning. */
    private long since(@Nullable String lastEvent) {
        var prefix = board.epoch() + "-";
        if (lastEvent == null || !lastEvent.matches("[0-9a-f]{8}-[0-9]{1,18}") || !lastEvent.startsWith(prefix)) {
            return 0;
        }
        return Math.min(Long.parseLong(lastEvent.substring(prefix.length())), board.version());
    }
}
