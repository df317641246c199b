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

/** What the queue's consumer launches: once for what it is told of, and for the webhooks that Lambda has refused. */
final class QueuePromises {

    /** Within which an environment knows a message again, less what its clock may be off. */
    private static final Duration KNOWN = Duration.ofSeconds(58);

    private final World world;
    private final Violations violations;
    private final Map<String, List<Earlier>> earlier = new HashMap<>();

    private record Earlier(Instant at, Taken taken) {}

    QueuePromises(World world, Violations violations) {
        this.world = world;
        this.violations = violations;
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
        if (taken.tooMany(before) > world.history().counted("invocations throttled")) {
            violations.add(
                    Promise.A_MESSAGE_IS_LAUNCHED_FOR_ONCE,
                    call.invocation.name() + " launched " + ids + " beyond the jobs of its messages " + taken.jobs(),
                    List.of(ids.getFirst()));
        }
    }
}
