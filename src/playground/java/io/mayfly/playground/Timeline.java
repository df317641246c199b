package io.mayfly.playground;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The states of a thing over time, so that an answer can be as stale as the real ones are. */
final class Timeline<T> {

    private final TreeMap<Instant, T> states = new TreeMap<>();

    Timeline(Instant now, T first) {
        states.put(now, first);
    }

    void become(Instant now, T state) {
        states.put(now, state);
    }

    T latest() {
        return states.lastEntry().getValue();
    }

    Optional<T> at(Instant time) {
        return Optional.ofNullable(states.floorEntry(time)).map(Map.Entry::getValue);
    }
}
