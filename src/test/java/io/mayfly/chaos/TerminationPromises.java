package io.mayfly.chaos;

import io.mayfly.chaos.Violation.Promise;
import io.mayfly.playground.aws.EmulatedInstances;
import java.time.Duration;
import java.util.List;

/** What is ended, and whether it was ours and without work. */
final class TerminationPromises {

    private static final Duration MAX = Duration.ofMinutes(60);
    private static final Duration BEYOND_MAX = Duration.ofMinutes(15);

    /** Who has claimed and never came online is ended from then on. */
    private static final Duration REGISTER = Duration.ofMinutes(10);

    private final World world;
    private final Violations violations;
    private final LaunchedMachines machines;
    private final EmulatedInstances instances;
    private final ClaimPromises claims;

    TerminationPromises(
            World world,
            Violations violations,
            LaunchedMachines machines,
            EmulatedInstances instances,
            ClaimPromises claims) {
        this.world = world;
        this.violations = violations;
        this.machines = machines;
        this.instances = instances;
        this.claims = claims;
    }

    /** An instance is about to be changed. */
    void checkWhose(Network.Call call, String id) {
        var owner = instances
                .find(id)
                .map(instance -> instance.tags().getOrDefault("mayfly:deployment", "nobody"))
                .orElse("unknown");
        if (!owner.equals(call.deployment)) {
            violations.add(
                    Promise.NOTHING_OF_OTHERS_IS_TOUCHED,
                    call.invocation.name() + " called " + call.operation + " on " + id + " of " + owner,
                    List.of(id));
        }
    }

    /** TerminateInstances was carried out, or refused. */
    void terminated(Network.Call call, String id) {
        var machine = machines.find(id);
        if (machine == null
                || !machine.isAlive()
                || instances.find(id).orElseThrow().live()) {
            return;
        }
        world.history().count("instances terminated by us");
        if (call.invocation.busy().contains(machine.runnerId())) {
            violations.add(
                    Promise.WHAT_GITHUB_CALLS_BUSY_IS_LEFT,
                    call.invocation.name() + " terminated " + id + " whose runner-id=" + machine.runnerId()
                            + " GitHub had called busy",
                    List.of(id, "runner-id=" + machine.runnerId(), call.invocation.name()));
        }
        checkWork(call, machine);
        checkClaim(call, machine);
        machine.ended("terminated by " + call.invocation.name());
    }

    /** A mark on an instance that has claimed means nothing. */
    private void checkClaim(Network.Call call, Machine machine) {
        var age = Duration.between(machine.instance().launchedAt(), world.time().instant());
        var tags = instances.find(machine.id()).orElseThrow().tags();
        if (call.invocation.isSweep()
                && claims.isGranted(machine.id())
                && tags.containsKey("mayfly:withdrawn")
                && !machine.isDone()
                && !machine.hasTagsOfOthers()
                && age.compareTo(REGISTER) < 0) {
            violations.add(
                    Promise.NO_CLAIMED_INSTANCE_IS_WITHDRAWN,
                    call.invocation.name() + " terminated " + machine.id() + " which has claimed runner-id="
                            + tags.get("mayfly:runner-id"),
                    List.of(machine.id(), call.invocation.name()));
        }
    }

    private void checkWork(Network.Call call, Machine machine) {
        var job = machine.work();
        var age = Duration.between(machine.instance().launchedAt(), world.time().instant());
        if (job == null) {
            return;
        }
        if (job.cancelled) {
            world.history().count("runners ended while they wind up a cancelled job");
        } else if (machine.hasTagsOfOthers()) {
            world.history().count("busy runners ended on whose instance somebody had written");
        } else if (age.compareTo(MAX.plus(BEYOND_MAX)) > 0) {
            world.history().count("busy runners ended at the hard limit");
        } else {
            violations.add(
                    Promise.NO_BUSY_RUNNER_IS_ENDED,
                    call.invocation.name() + " terminated " + machine.id() + " whose runner-id=" + machine.runnerId()
                            + " works on " + job,
                    List.of(
                            machine.id(),
                            "runner-id=" + machine.runnerId(),
                            call.invocation.name(),
                            Long.toString(job.id)));
        }
    }
}
