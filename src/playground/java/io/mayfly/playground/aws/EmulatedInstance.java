package io.mayfly.playground.aws;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An EC2 instance; its state follows from the times in it.
 *
 * @param runningAt when it is no longer pending
 * @param endedAt when it began to stop or terminate
 * @param goneAt when it was stopped or terminated
 * @param terminates whether the end is a termination
 * @param reason of the end
 */
public record EmulatedInstance(
        String id,
        String reservation,
        int index,
        EmulatedLaunch launch,
        Map<String, String> tags,
        Instant launchedAt,
        Instant runningAt,
        @Nullable Instant endedAt,
        @Nullable Instant goneAt,
        boolean terminates,
        String reason) {

    /** How long a terminated instance is still described. */
    private static final Duration VISIBLE_AFTER_TERMINATION = Duration.ofHours(1);

    /** The states, with the codes of the API. */
    public enum State {
        PENDING(0),
        RUNNING(16),
        SHUTTING_DOWN(32),
        TERMINATED(48),
        STOPPING(64),
        STOPPED(80);

        private final int code;

        State(int code) {
            this.code = code;
        }

        int code() {
            return code;
        }

        /** The API's name, such as {@code shutting-down}. */
        public String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    public State state(Instant now) {
        if (endedAt == null || goneAt == null) {
            return now.isBefore(runningAt) ? State.PENDING : State.RUNNING;
        }
        if (now.isBefore(goneAt)) {
            return terminates ? State.SHUTTING_DOWN : State.STOPPING;
        }
        return terminates ? State.TERMINATED : State.STOPPED;
    }

    /** Pending or running. */
    public boolean live() {
        return endedAt == null;
    }

    public String type() {
        return launch.instanceType();
    }

    public @Nullable String subnet() {
        return launch.subnetId();
    }

    public String market() {
        return launch.market();
    }

    public String userData() {
        return launch.userData();
    }

    /** What a line of its user data assigns to a shell variable, quoted or not. */
    public Optional<String> variable(String name) {
        return Pattern.compile("(?m)^" + Pattern.quote(name) + "=(['\"]?)(.*)\\1$")
                .matcher(userData())
                .results()
                .map(match -> match.group(2))
                .findFirst();
    }

    boolean visible(Instant now) {
        return !terminates || goneAt == null || now.isBefore(goneAt.plus(VISIBLE_AFTER_TERMINATION));
    }

    public String zone() {
        return launch.zone();
    }

    EmulatedInstance tagged(Map<String, String> more) {
        Map<String, String> all = new LinkedHashMap<>(tags);
        all.putAll(more);
        EmulatedLaunch.checkTags(all);
        return new EmulatedInstance(
                id, reservation, index, launch, all, launchedAt, runningAt, endedAt, goneAt, terminates, reason);
    }

    EmulatedInstance ending(boolean termination, Instant now, Duration time, String why) {
        if (terminates) {
            return this;
        }
        return new EmulatedInstance(
                id, reservation, index, launch, tags, launchedAt, runningAt, now, now.plus(time), termination, why);
    }

    /** Without user data. */
    @Override
    public String toString() {
        return id + " " + launch.instanceType() + " " + tags + (live() ? "" : " " + reason);
    }
}
