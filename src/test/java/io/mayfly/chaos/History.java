package io.mayfly.chaos;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What has happened, in order, and how often. The same seed makes the same history. */
final class History {

    private final InstantSource clock;
    private final Instant start;
    private final List<String> lines = new ArrayList<>();
    private final Map<String, Integer> counts = new TreeMap<>();
    private long hash = 17;

    History(InstantSource clock) {
        this.clock = clock;
        this.start = clock.instant();
    }

    void add(String what) {
        var line = time() + " " + what;
        lines.add(line);
        for (var i = 0; i < line.length(); i++) {
            hash = hash * 1_099_511_628_211L + line.charAt(i);
        }
    }

    /** A line that a person wants to see, and that is no part of the history: it may hold ids of each run. */
    void aside(String what) {
        lines.add(time() + "   " + what);
    }

    void count(String what) {
        count(what, 1);
    }

    void count(String what, int number) {
        counts.merge(what, number, Integer::sum);
    }

    int counted(String what) {
        return counts.getOrDefault(what, 0);
    }

    Map<String, Integer> counts() {
        return counts;
    }

    long hash() {
        return hash;
    }

    /** The last lines that hold one of the words. */
    List<String> about(Collection<String> words, int most) {
        var found = lines.stream()
                .filter(line -> words.stream().anyMatch(line::contains))
                .toList();
        return found.subList(Math.max(0, found.size() - most), found.size());
    }

    List<String> lines() {
        return lines;
    }

    private String time() {
        var passed = Duration.between(start, clock.instant());
        return "%02d:%02d:%02d.%03d"
                .formatted(passed.toHours(), passed.toMinutesPart(), passed.toSecondsPart(), passed.toMillisPart());
    }
}
