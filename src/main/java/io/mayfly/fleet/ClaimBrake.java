package io.mayfly.fleet;

import io.mayfly.ec2.Instance;
import io.mayfly.ec2.Tags;
import io.mayfly.pool.Timeouts;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Holds back launches of a scope and pool whose instances do not claim their runners. Where the last three have ended or grown
 * too old unclaimed, one at a time is launched, after 1, 2, 4 … 30 min, until one claims: a wrong URL or image costs a few
 * instances an hour. An instance that was withdrawn for a job's sake proves nothing.
 *
 * @param failed how many failed one after the other, up to the newest of which it is known
 * @param newest of them; null where there is none
 * @param underWay whether a newer one has still time to claim
 */
public record ClaimBrake(int failed, @Nullable Instance newest, boolean underWay) {

    private static final int MOST_FAILED = 3;
    private static final Duration FIRST_PAUSE = Duration.ofMinutes(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(30);
    private static final int MOST_DOUBLINGS = 5;

    /**
     * Looks at the instances of a scope and pool.
     *
     * @param instances live and ended ones
     * @param pools for instances of which it is not to be read how long they may take
     */
    public static ClaimBrake of(List<Instance> instances, Timeouts pools, Instant now) {
        var failed = 0;
        @Nullable Instance newest = null;
        var underWay = false;
        var newestFirst = instances.stream()
                .filter(instance -> !isWithdrawnForAJob(instance))
                .sorted(Comparator.comparing(Instance::launchedAt).reversed())
                .toList();
        for (var instance : newestFirst) {
            if (instance.isClaimed()) {
                break;
            }
            if (instance.isLive() && now.isBefore(claimsBefore(instance, pools))) {
                underWay = true;
            } else {
                failed++;
                newest = newest == null ? instance : newest;
            }
        }
        return new ClaimBrake(failed, newest, underWay);
    }

    /** Whether launches are held back. */
    public boolean isOn() {
        return failed >= MOST_FAILED;
    }

    /** Whether one may be launched now to see whether it claims. */
    public boolean allowsOne(Instant now) {
        return !underWay && (newest == null || !now.isBefore(newest.launchedAt().plus(pause())));
    }

    private Duration pause() {
        var doublings = Math.clamp(failed - MOST_FAILED, 0, MOST_DOUBLINGS);
        var pause = FIRST_PAUSE.multipliedBy(1L << doublings);
        return pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
    }

    /** Until when an instance may claim. */
    public static Instant claimsBefore(Instance instance, Timeouts pools) {
        var own = Timeouts.parse(instance.tag(Tags.TIMEOUTS));
        return instance.launchedAt().plus((own == null ? pools : own).register());
    }

    private static boolean isWithdrawnForAJob(Instance instance) {
        var mark = instance.tag(Tags.WITHDRAWN);
        return !instance.isClaimed() && !mark.isEmpty() && !mark.endsWith(" -");
    }
}
