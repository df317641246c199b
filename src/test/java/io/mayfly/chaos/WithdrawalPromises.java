package io.mayfly.chaos;

import io.mayfly.chaos.Violation.Promise;
import io.mayfly.playground.aws.EmulatedInstances;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Which instances a webhook marks for a job that never had a runner: one of the job's own run, and one only. */
final class WithdrawalPromises {

    private static final Pattern MARK = Pattern.compile("[0-9]+ ([0-9]+)");

    /** Until then two webhooks may not know of each other. */
    private static final Duration SEEN = Duration.ofSeconds(15);

    private final World world;
    private final Violations violations;
    private final EmulatedInstances instances;
    private final Workflows workflows;
    private final Map<String, Marked> marked = new HashMap<>();

    private record Marked(String instance, Instant at) {}

    WithdrawalPromises(World world, Violations violations, EmulatedInstances instances, Workflows workflows) {
        this.world = world;
        this.violations = violations;
        this.instances = instances;
        this.workflows = workflows;
    }

    /** Tags are about to be written on an instance. */
    void tagged(Network.Call call, String id, Map<String, String> tags) {
        var mark = MARK.matcher(tags.getOrDefault("mayfly:withdrawn", ""));
        if (call.invocation.isSweep() || !mark.matches()) {
            return;
        }
        var job = mark.group(1);
        var instance = instances.find(id).orElseThrow();
        var work = workflows.find(Long.parseLong(job));
        var run = work == null ? "" : Long.toString(work.run.id());
        var isOwn = job.equals(instance.tags().get("mayfly:job"));
        if (!isOwn
                && !run.equals(instance.tags().get("mayfly:run"))
                && !instance.tags().containsKey("mayfly:runner-id")) {
            violations.add(
                    Promise.ONE_WITHDRAWAL_FOR_A_JOB,
                    call.invocation.name() + " withdrew " + id + " of run "
                            + instance.tags().get("mayfly:run") + " for job " + job + " of run " + run,
                    List.of(id, job));
        }
        var now = world.time().instant();
        var before = marked.putIfAbsent(call.deployment + " " + job, new Marked(id, now));
        if (before != null && !before.instance().equals(id) && before.at().isBefore(now.minus(SEEN))) {
            violations.add(
                    Promise.ONE_WITHDRAWAL_FOR_A_JOB,
                    call.invocation.name() + " withdrew " + id + " for job " + job + " after " + before.instance(),
                    List.of(id, before.instance(), job));
        }
    }
}
