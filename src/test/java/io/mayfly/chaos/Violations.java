package io.mayfly.chaos;

import io.mayfly.chaos.Violation.Promise;
import java.util.ArrayList;
import java.util.List;

/** The promises that a simulation has seen broken. */
final class Violations {

    private final History history;
    private final List<Violation> all = new ArrayList<>();

    Violations(History history) {
        this.history = history;
    }

    /** A promise is broken; {@code about} are the words by which the history tells how it came to this. */
    void add(Promise promise, String what, List<String> about) {
        history.count("broken " + promise);
        history.add("VIOLATION " + promise + ": " + what);
        all.add(new Violation(promise, what, about));
    }

    boolean areNone() {
        return all.isEmpty();
    }

    List<Violation> all() {
        return List.copyOf(all);
    }
}
