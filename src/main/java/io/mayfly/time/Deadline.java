package io.mayfly.time;

import io.mayfly.outcome.UnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** The moment by which a piece of work must have ended. */
public final class Deadline {

    /** Less than this is not worth starting a remote call for. */
    private static final Duration WORTH_A_CALL = Duration.ofMillis(50);

    private final InstantSource clock;
    private final Instant end;

    private Deadline(InstantSource clock, Instant end) {
        this.clock = clock;
        this.end = end;
    }

    /** The deadline at {@code end}. */
    public static Deadline at(Instant end, InstantSource clock) {
        return new Deadline(clock, end);
    }

    /** The deadline {@code time} from now. */
    public static Deadline in(Duration time, InstantSource clock) {
        return new Deadline(clock, clock.instant().plus(time));
    }

    /** This deadline, or the one {@code time} from now where that is earlier. */
    public Deadline atMost(Duration time) {
        var other = clock.instant().plus(time);
        return other.isBefore(end) ? new Deadline(clock, other) : this;
    }

    /** The time that is left; negative when it is over. */
    public Duration remaining() {
        return Duration.between(clock.instant(), end);
    }

    /** Whether at least {@code time} is left. */
    public boolean allows(Duration time) {
        return remaining().compareTo(time) >= 0;
    }

    /**
     * The time a remote call may take: its own limit, or what is left.
     *
     * @throws UnavailableException when nothing worth a call is left
     */
    public Duration limit(Duration limitOfCall) {
        var remaining = remaining();
        if (remaining.compareTo(WORTH_A_CALL) < 0) {
            throw new UnavailableException("out of time");
        }
        return remaining.compareTo(limitOfCall) < 0 ? remaining : limitOfCall;
    }
}
