package io.mayfly.chaos;

import io.mayfly.chaos.Violation.Promise;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the queue's consumer launches: for young jobs, and once for what it is told of. */
final class QueuePromises {

    /** 25 s, and what the clocks of GitHub and of the function may be off, and a call whose connection broke. */
    private static final Duration YOUNG = Duration.ofSeconds(31);

    /** Within which an environment knows a message again, less what its clock may be off. */
    private static final Duration KNOWN = Duration.ofSeconds(58);

    private final World world;
    private final Violations violations;
    private final Workflows workflows;
    private final Map<String, List<Earlier>> earlier = new HashMap<>();

    private record Earlier(Instant at, Taken taken) {}

    QueuePromises(World world, Violations violations, Workflows workflows) {
        this.world = world;
        this.violations = violations;
        this.workflows = workflows;
    }

    /** A launch begins. */
    void begins(Network.Call call) {
        var job = Long.parseLong(Ec2Parameters.of(call).tag("mayfly:job"));
        var work = workflows.find(job);
        if (work != null && work.queuedAt.plus(YOUNG).isBefore(world.time().instant())) {
            violations.add(
                    Promise.NO_CONSUMER_LAUNCHES_FOR_AN_OLD_JOB,
                    call.invocation.name() + " launches for " + work + ", queued at " + work.queuedAt,
                    List.of(Long.toString(job)));
        }
    }

    /** Instances have come into being. */
    void launched(Network.Call call, List<String> ids) {
        var taken = call.invocation.taken();
        taken.launched(ids.size());
        var environment = call.invocation.name().replaceFirst("\\..*", "");
        var now = world.time().instant();
        var known = earlier.computeIfAbsent(environment, name -> new ArrayList<>());
        known.removeIf(one -> one.at().plus(KNOWN).isBefore(now));
        if (known.stream().noneMatch(one -> one.taken() == taken)) {
            known.add(new Earlier(now, taken));
        }
        Set<Long> before = new HashSet<>();
        known.stream()
                .filter(one -> one.taken() != taken)
                .forEach(one -> before.addAll(one.taken().jobs()));
        if (taken.launchedTooMany(before)) {
            violations.add(
                    Promise.A_MESSAGE_IS_LAUNCHED_FOR_ONCE,
                    call.invocation.name() + " launched " + ids + " beyond the jobs of its messages " + taken.jobs(),
                    List.of(ids.getFirst()));
        }
    }
}
