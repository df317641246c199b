package io.mayfly.playground.world;

import com.fasterxml.jackson.databind.JsonNode;
import io.mayfly.playground.board.Board;
import io.mayfly.playground.board.Journal;
import io.mayfly.playground.host.FunctionUrlEvent;
import io.mayfly.playground.host.InvocationQueue;
import io.mayfly.playground.wire.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** EventBridge Scheduler's side: has the function sweep every minute, and when somebody wants it. */
public final class SweepScheduler {

    private static final Duration EVERY = Duration.ofMinutes(1);
    private static final int MOST_EXCHANGES = 300;

    private final Board board;
    private final InvocationQueue invocations;
    private final Journal journal;

    private final List<Long> exchanges = new ArrayList<>();
    private boolean automatic = true;
    private boolean running;
    private Instant next;
    private int count;
    private String report = "";

    public SweepScheduler(Board board, InvocationQueue invocations, Journal journal) {
        this.board = board;
        this.invocations = invocations;
        this.journal = journal;
        next = board.now().plus(EVERY);
        Thread.ofVirtual().start(this::keepTime);
    }

    public synchronized void automatic(boolean value) {
        automatic = value;
        next = board.now().plus(EVERY);
        board.touch();
    }

    private void keepTime() {
        try {
            while (true) {
                Thread.sleep(1000);
                tick();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void tick() {
        synchronized (this) {
            if (!automatic || board.now().isBefore(next)) {
                return;
            }
            next = board.now().plus(EVERY);
        }
        begin();
    }

    /** Begins a sweep, unless one is under way. */
    public synchronized void begin() {
        if (!running) {
            running = true;
            board.touch();
            Thread.startVirtualThread(this::sweep);
        }
    }

    private void sweep() {
        String told;
        try {
            told = invocations.inTurn(OptionalLong.empty(), false, (invocation, function) -> {
                synchronized (this) {
                    exchanges.clear();
                }
                var event = FunctionUrlEvent.sweep(board.now());
                return function.invoke(event).body();
            });
            journal.write("Sweep: " + summary(told));
        } catch (IllegalStateException e) {
            told = String.valueOf(e.getMessage());
            journal.write("Sweep failed: " + told);
        }
        synchronized (this) {
            running = false;
            count++;
            report = told;
        }
        board.touch();
    }

    public void exchange(long id) {
        synchronized (this) {
            if (exchanges.size() < MOST_EXCHANGES) {
                exchanges.add(id);
            }
        }
    }

    public synchronized List<Long> exchanges() {
        return List.copyOf(exchanges);
    }

    public synchronized String report() {
        return report;
    }

    public synchronized Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("automatic", automatic);
        json.put("running", running);
        json.put("next", next.toEpochMilli());
        json.put("count", count);
        return json;
    }

    private static String summary(String body) {
        @Nullable JsonNode json = Json.object(body).orElse(null);
        if (json == null) {
            return body;
        }
        var parts = new ArrayList<String>();
        for (var what : List.of("launched", "redelivered", "terminated", "deregistered", "skipped", "errors")) {
            if (!json.path(what).isEmpty()) {
                parts.add(json.path(what).size() + " " + what);
            }
        }
        return parts.isEmpty() ? "nothing to mend" : String.join(", ", parts);
    }
}
