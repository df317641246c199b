package io.mayfly.sweep;

import io.mayfly.ec2.Instance;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * The minute for which a sweep launches. It is part of its ClientTokens, so that two sweeps of one minute launch once. A sweep that
 * is late may meet the next one, which is on time, and neither would see what the other launches.
 *
 * @param begin of the minute, as it was scheduled
 * @param launchesUntil what is launched later the next sweep may not see, for EC2 shows instances after some seconds
 * @param late whether its sweep is over 15 s late, or does not know when it was scheduled
 */
record SweepMinute(Instant begin, Instant launchesUntil, boolean late) {

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration ON_TIME = Duration.ofSeconds(15);
    private static final Duration LAUNCHES = Duration.ofSeconds(50);

    /** @param scheduled as EventBridge Scheduler writes it; null where the event does not say */
    static SweepMinute of(@Nullable String scheduled, Instant now) {
        var at = parse(scheduled);
        if (at == null || at.isAfter(now.plus(ON_TIME))) {
            return new SweepMinute(now.truncatedTo(ChronoUnit.MINUTES), Instant.MAX, true);
        }
        var lateBy = Duration.between(at, now);
        var begin = at.plus(MINUTE.multipliedBy(Math.max(0, lateBy.toMinutes())));
        return new SweepMinute(begin, begin.plus(LAUNCHES), lateBy.compareTo(ON_TIME) > 0);
    }

    private static @Nullable Instant parse(@Nullable String scheduled) {
        try {
            return scheduled == null ? null : Instant.parse(scheduled.strip());
        } catch (DateTimeException e) {
            return null;
        }
    }

    /** By which launches of different minutes are told apart. */
    String text() {
        return begin.truncatedTo(ChronoUnit.MINUTES).toString();
    }

    /** Whether one may be launched where these are: by a late sweep only where none was launched in the minute. */
    boolean mayLaunch(Collection<Instance> instances) {
        return !late
                || instances.stream().allMatch(instance -> instance.launchedAt().isBefore(begin));
    }
}
