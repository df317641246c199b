package io.mayfly.chaos;

import io.mayfly.chaos.Violation.Promise;
import io.mayfly.playground.aws.EmulatedInstances;
import io.mayfly.playground.wire.ServerResponse;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** What is launched, and whether there was a reason for it. */
final class LaunchPromises {

    /** GitHub's lists are up to 4 minutes behind, and a sweep may take one. */
    private static final Duration SEEN_WAITING = Duration.ofMinutes(5);

    private static final Duration LEFT_TO_THE_SWEEP = Duration.ofSeconds(45);
    private static final Duration LAUNCHED_AT_ONCE = Duration.ofSeconds(25);

    /** GitHub's clock and those of the function's environments are off by some seconds. */
    private static final Duration INEXACT = Duration.ofSeconds(5);

    /** A call that began in time is carried out later. */
    private static final Duration CALL = Duration.ofSeconds(6);

    /** Smaller batches are not cut. */
    private static final int LEAST_OF_A_CHUNK = 50;

    private static final Pattern INSTANCE = Pattern.compile("<instanceId>([^<]*)</instanceId>");

    private final World world;
    private final Violations violations;
    private final Deployments deployments;
    private final Workflows workflows;
    private final ZonePromises zones;
    private final BurstTimes burst;
    private final QueuePromises queue;
    private final EmulatedInstances instances;
    private final Set<String> known = new HashSet<>();
    private final Set<String> ofWebhooks = new HashSet<>();
    private final Set<String> ofSweeps = new HashSet<>();
    private final LateSweeps lateness;

    LaunchPromises(
            World world,
            Violations violations,
            Deployments deployments,
            Workflows workflows,
            ZonePromises zones,
            BurstTimes burst,
            QueuePromises queue,
            EmulatedInstances instances) {
        this.world = world;
        this.violations = violations;
        this.deployments = deployments;
        this.workflows = workflows;
        this.zones = zones;
        this.burst = burst;
        this.lateness = new LateSweeps(violations, world.time());
        this.queue = queue;
        this.instances = instances;
    }

    /** RunInstances was answered. */
    void ran(Network.Call call, ServerResponse response) {
        var parameters = Ec2Parameters.of(call);
        var job = Long.parseLong(parameters.tag("mayfly:job"));
        var attempt = call.invocation.attempt(job);
        if (response.status() != 200) {
            world.history().count("RunInstances refused");
            attempt.refused = true;
            var code = Ec2Parameters.code(response);
            zones.refused(attempt, parameters.subnet(), code);
            if (code.startsWith("Idempotent")) {
                world.history().count("launches " + code);
                attempt.madeBefore = true;
            }
            return;
        }
        var launched = INSTANCE.matcher(response.body())
                .results()
                .map(found -> found.group(1))
                .filter(known::add)
                .toList();
        if (launched.isEmpty()) {
            world.history().count("launches that EC2 had carried out before");
            attempt.launched = true;
            return;
        }
        zones.launched(attempt, launched.size(), parameters.number());
        if (attempt.madeBefore || isSecond(call, job, parameters, attempt)) {
            violations.add(
                    Promise.ONE_LAUNCH_FOR_A_DELIVERY,
                    call.invocation.name() + " launched " + launched + " for job " + job + ", which was launched for"
                            + " already as far as it could know",
                    List.of(Long.toString(job), launched.getFirst()));
        }
        attempt.launched = true;
        if (call.invocation.isQueue()) {
            queue.launched(call, launched);
        }
        checkPace(call, launched);
        checkJob(call, job, launched, parameters);
    }

    /** A sweep's batch takes several calls in the name of one job, each by another choice while it is of one chunk. */
    private boolean isSecond(Network.Call call, long job, Ec2Parameters parameters, Invocation.Attempt attempt) {
        return isByNumber(call)
                ? parameters.number() < LEAST_OF_A_CHUNK
                        && !ofSweeps.add(call.invocation.name() + " " + job + " " + parameters.choice())
                : attempt.launched;
    }

    private void checkTime(Network.Call call, Work work, List<String> launched) {
        if (work.behindEnvironment) {
            return;
        }
        var invocation = call.invocation;
        var tooEarly = invocation.isSweep()
                && invocation
                        .began()
                        .isBefore(work.queuedAt.plus(LEFT_TO_THE_SWEEP).minus(INEXACT));
        var tooLate = !invocation.isSweep()
                && world.time()
                        .instant()
                        .isAfter(work.queuedAt
                                .plus(LAUNCHED_AT_ONCE)
                                .plus(INEXACT)
                                .plus(CALL));
        if (tooEarly || tooLate) {
            violations.add(
                    Promise.TIME_IS_THE_LOCK,
                    invocation.name() + " launched " + launched + " for " + work + ", queued at " + work.queuedAt,
                    List.of(Long.toString(work.id), launched.getFirst(), invocation.name()));
        }
    }

    private static boolean isByNumber(Network.Call call) {
        return call.invocation.isSweep() || call.invocation.isQueue();
    }

    /** Of environments that count at the same moment each may launch a batch. */
    private void checkPace(Network.Call call, List<String> launched) {
        var deployment = deployments.of(call);
        var unclaimed = instances.live().stream()
                .filter(instance -> deployment.name().equals(instance.tags().get("mayfly:deployment"))
                        && !instance.tags().containsKey("mayfly:runner-id")
                        && !instance.tags().containsKey("mayfly:withdrawn"))
                .count();
        if (launched.size() > 1 && unclaimed > 2L * deployment.registrationsAMinute()) {
            violations.add(
                    Promise.NO_MORE_LAUNCHES_THAN_REGISTRATIONS,
                    call.invocation.name() + " launched " + launched.size() + " instances; " + unclaimed
                            + " have not claimed, and GitHub registers " + deployment.registrationsAMinute()
                            + " in a minute",
                    List.of(launched.getFirst()));
        }
    }

    private void checkJob(Network.Call call, long job, List<String> launched, Ec2Parameters parameters) {
        var work = workflows.find(job);
        if (work == null || !work.ours || !deployments.of(call).serves(work)) {
            violations.add(
                    Promise.ONLY_OUR_JOBS_ARE_SERVED,
                    call.invocation.name() + " launched for " + (work == null ? "job " + job : work),
                    List.of(Long.toString(job)));
            return;
        }
        if (!isByNumber(call) && !ofWebhooks.add(call.deployment + " " + job + " " + parameters.choice())) {
            violations.add(
                    Promise.ONE_LAUNCH_FOR_A_DELIVERY,
                    call.invocation.name() + " launched " + launched + " for " + work
                            + " by a choice that was launched",
                    List.of(Long.toString(job), launched.getFirst()));
        }
        if (work.overSince.isBefore(world.time().instant().minus(SEEN_WAITING))) {
            violations.add(
                    Promise.NO_LAUNCH_FOR_AN_ENDED_JOB,
                    call.invocation.name() + " launched for " + work + " which ended at " + work.overSince,
                    List.of(Long.toString(job)));
        }
        checkTime(call, work, launched);
        lateness.launched(call, launched, parameters);
        world.history().count("launches", launched.size());
        burst.launched(world.history().counted("launches"));
        work.launches++;
        world.history().add("launched " + launched + " for job " + job + " which is " + work.state);
    }
}
