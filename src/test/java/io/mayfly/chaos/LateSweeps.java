package io.mayfly.chaos;

import io.mayfly.chaos.Violation.Promise;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Whether a sweep that is late launches where another has launched in its minute, as far as it could see that. */
final class LateSweeps {

    private static final Duration ON_TIME = Duration.ofSeconds(15);
    private static final Duration INEXACT = Duration.ofSeconds(2);
    private static final Duration EC2_LAGS = Duration.ofSeconds(8);

    private final Violations violations;
    private final InstantSource clock;
    private final Map<String, Instant> last = new HashMap<>();

    LateSweeps(Violations violations, InstantSource clock) {
        this.violations = violations;
        this.clock = clock;
    }

    void launched(Network.Call call, List<String> launched, Ec2Parameters parameters) {
        var sweep = call.invocation;
        var where = call.deployment + " " + parameters.tag("mayfly:scope") + " " + parameters.tag("mayfly:pool");
        var before = last.put(where, clock.instant());
        if (!sweep.isSweep() || before == null) {
            return;
        }
        var lateBy = Duration.between(sweep.scheduled(), sweep.began());
        var minute = sweep.scheduled().plusSeconds(lateBy.toSeconds() / 60 * 60);
        if (lateBy.compareTo(ON_TIME.plus(INEXACT)) > 0
                && before.isAfter(minute.plus(INEXACT))
                && before.isBefore(sweep.began().minus(EC2_LAGS))) {
            violations.add(
                    Promise.TIME_IS_THE_LOCK,
                    sweep.name() + ", scheduled for " + sweep.scheduled() + ", launched " + launched
                            + " where something was launched at " + before,
                    List.of(sweep.name(), launched.getFirst()));
        }
    }
}
