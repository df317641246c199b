package io.mayfly.playground.board;

import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;

/** What happened beside the jobs' own steps, newest last. */
public final class Journal {

    private static final int MOST = 100;

    private final InstantSource clock;
    private final Runnable changed;
    private final ArrayDeque<Map<String, Object>> lines = new ArrayDeque<>();
    private long lastId;

    public Journal(InstantSource clock, Runnable changed) {
        this.clock = clock;
        this.changed = changed;
    }

    public void write(String line) {
        synchronized (this) {
            if (lines.size() == MOST) {
                lines.remove();
            }
            lines.add(Map.of("id", ++lastId, "at", clock.millis(), "text", line));
        }
        changed.run();
    }

    public synchronized List<Map<String, Object>> lines() {
        return List.copyOf(lines);
    }
}
