package io.mayfly.pool;

import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * When an instance ends itself.
 *
 * @param register its runner has not connected
 * @param idle its runner has got no job
 * @param max whatever it does
 */
public record Timeouts(Duration register, Duration idle, Duration max) {

    /** GitHub ends a job on a self-hosted runner after 5 days. */
    static final Duration LONGEST = Duration.ofDays(5);

    private static final Pattern SECONDS = Pattern.compile("([0-9]{1,6})/([0-9]{1,6})/([0-9]{1,6})");

    public Timeouts {
        if (!isAllowed(register) || !isAllowed(idle) || !isAllowed(max)) {
            throw new IllegalArgumentException("a limit is not positive, or longer than 5 days");
        }
    }

    /** Reads the value of an instance's tag, three numbers of seconds; null where it is none. */
    public static @Nullable Timeouts parse(String tag) {
        var seconds = SECONDS.matcher(tag);
        try {
            return seconds.matches()
                    ? new Timeouts(of(seconds.group(1)), of(seconds.group(2)), of(seconds.group(3)))
                    : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** As an instance carries them: they stay its own when the pool's are changed. */
    public String toTag() {
        return register.toSeconds() + "/" + idle.toSeconds() + "/" + max.toSeconds();
    }

    private static Duration of(String seconds) {
        return Duration.ofSeconds(Long.parseLong(seconds));
    }

    private static boolean isAllowed(Duration limit) {
        return limit.isPositive() && limit.compareTo(LONGEST) <= 0;
    }
}
