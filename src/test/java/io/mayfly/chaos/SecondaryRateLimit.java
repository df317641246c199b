package io.mayfly.chaos;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;

/** GitHub's secondary limit: 900 points a minute, 1 for a GET and 5 for what changes something. */
final class SecondaryRateLimit {

    private static final int A_MINUTE = 900;

    private record Spent(Instant at, int points) {}

    private final Deque<Spent> spent = new ArrayDeque<>();
    private int sum;

    boolean take(int points, Instant now) {
        while (!spent.isEmpty() && spent.getFirst().at().isBefore(now.minus(Duration.ofMinutes(1)))) {
            sum -= spent.removeFirst().points();
        }
        if (sum + points > A_MINUTE) {
            return false;
        }
        spent.addLast(new Spent(now, points));
        sum += points;
        return true;
    }
}
