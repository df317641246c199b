package io.mayfly.playground.github;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * The secondary rate limit of an App: 900 points a minute for each endpoint, 1 for a GET and 5 for what changes something. So 180 JIT
 * configurations.
 *
 * @see <a href="https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api">Rate limits for the REST API</a>
 */
public final class EmulatedPoints {

    private static final int A_MINUTE = 900;
    private static final int OF_A_CHANGE = 5;
    private static final Duration MINUTE = Duration.ofMinutes(1);

    /** Who is told to wait counts from when that has arrived. */
    private static final Duration ON_ITS_WAY = Duration.ofSeconds(10);

    private final InstantSource clock;
    private final Map<String, Deque<Spent>> spent = new HashMap<>();
    private final Map<String, Instant> refused = new HashMap<>();

    private record Spent(Instant at, int points) {}

    EmulatedPoints(InstantSource clock) {
        this.clock = clock;
    }

    /** Whether a call would be taken now, and nobody who was refused has been told to wait still. */
    public synchronized boolean isFree(String endpoint, String method) {
        var last = refused.get(endpoint);
        return has(endpoint, method)
                && (last == null || last.plus(MINUTE).plus(ON_ITS_WAY).isBefore(clock.instant()));
    }

    private boolean has(String endpoint, String method) {
        return sum(endpoint) + cost(method) <= A_MINUTE;
    }

    /** How many of the last minute's are spent. */
    public synchronized int spent(String endpoint) {
        return sum(endpoint);
    }

    /** Spends all that are left. */
    public synchronized void spendAll(String endpoint) {
        of(endpoint).addLast(new Spent(clock.instant(), A_MINUTE - sum(endpoint)));
    }

    synchronized void take(String endpoint, String method) {
        if (!has(endpoint, method)) {
            refused.put(endpoint, clock.instant());
            throw new GitHubError(
                    403,
                    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
                    Map.of("Retry-After", "60"));
        }
        of(endpoint).addLast(new Spent(clock.instant(), cost(method)));
    }

    private int sum(String endpoint) {
        var taken = of(endpoint);
        var since = clock.instant().minus(MINUTE);
        while (!taken.isEmpty() && !taken.getFirst().at().isAfter(since)) {
            taken.removeFirst();
        }
        return taken.stream().mapToInt(Spent::points).sum();
    }

    private Deque<Spent> of(String endpoint) {
        return spent.computeIfAbsent(endpoint, any -> new ArrayDeque<>());
    }

    private static int cost(String method) {
        return method.equals("GET") ? 1 : OF_A_CHANGE;
    }
}
