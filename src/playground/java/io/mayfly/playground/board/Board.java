package io.mayfly.playground.board;

import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * The jobs on the page, the last changed ones last. Every change has a number, so that a page that was away gets what it
 * has missed, and one that is slow gets many changes at once.
 */
public final class Board {

    /**
     * A part of what has changed.
     *
     * @param version to ask from the next time
     * @param oldest all jobs below have been forgotten
     */
    public record Changes(long version, long oldest, List<Map<String, Object>> rows) {}

    /** Forgotten beyond that are the oldest, ended or not. */
    private static final int MOST = 20_000;

    /** So many rows are quickly read by a page. */
    private static final int AT_ONCE = 500;

    private final String epoch = UUID.randomUUID().toString().substring(0, 8);
    private final InstantSource clock;
    private final LinkedHashMap<Long, JobRow> rows = new LinkedHashMap<>();
    private final TreeMap<Long, JobRow> byAge = new TreeMap<>();
    private long version = 1;

    public Board(InstantSource clock) {
        this.clock = clock;
    }

    /** Of this start of the playground: versions of another one mean nothing. */
    public String epoch() {
        return epoch;
    }

    public Instant now() {
        return clock.instant();
    }

    public synchronized void add(JobRow row) {
        byAge.put(row.id(), row);
        moved(row);
        while (byAge.size() > MOST) {
            rows.remove(byAge.pollFirstEntry().getKey());
        }
    }

    public synchronized boolean has(long job) {
        return byAge.containsKey(job);
    }

    /** Changes the row of a job, where there is one. */
    public synchronized void change(long job, BiConsumer<JobRow, Instant> change) {
        JobRow row = byAge.get(job);
        if (row != null) {
            change.accept(row, clock.instant());
            moved(row);
        }
    }

    public void step(long job, Step.Stage stage, Step.Kind kind, String note) {
        change(job, (row, now) -> row.step(stage, kind, note, now));
    }

    public void step(long job, Step.Stage stage, Step.Kind kind, String note, Instant at) {
        change(job, (row, now) -> row.step(stage, kind, note, at));
    }

    public void reached(long job, Step.Stage stage, String state, String note) {
        change(job, (row, now) -> {
            row.step(stage, Step.Kind.DONE, note, now);
            row.state(state);
        });
    }

    /** Something else on the page has changed. */
    public synchronized void touch() {
        version++;
        notifyAll();
    }

    /** Waits for a change after a version, at most so long. */
    public synchronized void await(long since, long milliseconds) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(milliseconds);
        long left = milliseconds;
        while (version <= since && left > 0) {
            wait(left);
            left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        }
    }

    public synchronized long version() {
        return version;
    }

    public synchronized Changes changesSince(long since) {
        List<JobRow> changed =
                changedAfter(since).reversed().stream().limit(AT_ONCE).toList();
        return new Changes(
                changed.size() == AT_ONCE ? changed.getLast().version() : version,
                byAge.isEmpty() ? 0 : byAge.firstKey(),
                changed.stream().map(JobRow::json).toList());
    }

    /** The last changed first, so that all the rows that have not changed are not gone through. */
    private List<JobRow> changedAfter(long since) {
        return rows.sequencedValues().reversed().stream()
                .takeWhile(row -> row.version() > since)
                .toList();
    }

    public synchronized <T> Optional<T> read(long job, Function<JobRow, T> reading) {
        return Optional.ofNullable(byAge.get(job)).map(reading);
    }

    /** How many jobs are in which state. */
    public synchronized Map<String, Integer> states() {
        Map<String, Integer> states = new TreeMap<>();
        byAge.values().forEach(row -> states.merge(row.state(), 1, Integer::sum));
        return states;
    }

    private void moved(JobRow row) {
        row.changed(++version);
        rows.remove(row.id());
        rows.put(row.id(), row);
        notifyAll();
    }
}
