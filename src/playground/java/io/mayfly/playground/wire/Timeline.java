package io.mayfly.playground.wire;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** The states of a thing over time, so that an answer can be as stale as the real ones are. */
public final class Timeline<T> {

    private final TreeMap<Instant, T> states = new TreeMap<>();

    public Timeline(Instant now, T first) {
        states.put(now, first);
    }

    public void become(Instant now, T state) {
        states.put(now, state);
    }

    /** Changes all of them, as what they are called may change. */
    public void each(UnaryOperator<T> change) {
        states.replaceAll((time, state) -> change.apply(state));
    }

    public T latest() {
        return states.lastEntry().getValue();
    }

    public Optional<T> at(Instant time) {
        return Optional.ofNullable(states.floorEntry(time)).map(Map.Entry::getValue);
    }
}
