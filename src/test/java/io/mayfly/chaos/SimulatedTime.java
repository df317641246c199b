package io.mayfly.chaos;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.PriorityQueue;

/** The time, which passes from one event to the next. Events of one moment happen in the order they were planned. */
final class SimulatedTime implements InstantSource {

    private record Event(Instant at, long number, Runnable action) implements Comparable<Event> {

        @Override
        public int compareTo(Event other) {
            var byTime = at.compareTo(other.at);
            return byTime != 0 ? byTime : Long.compare(number, other.number);
        }
    }

    private final PriorityQueue<Event> planned = new PriorityQueue<>();
    private Instant now;
    private long count;

    SimulatedTime(Instant start) {
        now = start;
    }

    @Override
    public Instant instant() {
        return now;
    }

    /** Plans something for a while from now. */
    void in(Duration time, Runnable action) {
        at(now.plus(time), action);
    }

    /** Plans something; what should have been already, happens next. */
    void at(Instant when, Runnable action) {
        planned.add(new Event(when.isBefore(now) ? now : when, count++, action));
    }

    /** Lets the next event happen. False when none is planned. */
    boolean step() {
        var event = planned.poll();
        if (event == null) {
            return false;
        }
        now = event.at();
        event.action().run();
        return true;
    }

    /** How many events there were. */
    long count() {
        return count;
    }
}
