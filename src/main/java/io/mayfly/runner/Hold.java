package io.mayfly.runner;

import io.mayfly.ec2.Instance;
import io.mayfly.ec2.Tags;
import io.mayfly.pool.Timeouts;
import java.time.Duration;
import java.time.Instant;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An operator keeps an instance after its job, to look at it: {@code mayfly:hold} says until when, in epoch seconds, and who. Whoever may
 * write tags can have written it: it keeps nothing beyond the instance's hard limit, and nothing for longer than 4 hours from now.
 */
public final class Hold {

    /** Also in boot.sh, and in the operator's command. */
    static final Duration LONGEST = Duration.ofHours(4);

    private static final Pattern VALUE = Pattern.compile("([0-9]{1,12})( .*)?");

    private Hold() {}

    /** Until when the instance is kept; null where it is not. */
    public static @Nullable Instant until(Instance instance, Instant now) {
        var value = VALUE.matcher(instance.tag(Tags.HOLD));
        var timeouts = Timeouts.parse(instance.tag(Tags.TIMEOUTS));
        if (!value.matches() || timeouts == null) {
            return null;
        }
        var until = Stream.of(
                        Instant.ofEpochSecond(Long.parseLong(value.group(1))),
                        now.plus(LONGEST),
                        instance.launchedAt().plus(timeouts.max()))
                .min(Instant::compareTo)
                .orElseThrow();
        return until.isAfter(now) ? until : null;
    }
}
