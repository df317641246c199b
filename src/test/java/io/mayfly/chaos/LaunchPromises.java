package io.mayfly.chaos;

import io.mayfly.chaos.Violation.Promise;
import io.mayfly.playground.wire.ServerResponse;
import java.time.Duration;
import java.util.List;

/** What is launched, and whether there was a reason for it. */
final class LaunchPromises {

    /** A launcher that takes longer is overtaken by those who wait for it. */
    private static final Duration LAUNCH_WINDOW = Duration.ofSeconds(7);
    /** A job that is younger is launched for without a question. */
    private static final Duration FRESH = Duration.ofSeconds(150);

    private final World world;
    private final Violations violations;
    private final Deployments deployments;
    private final Workflows workflows;
    private final RegistrationPromises registrations;
    private final ZonePromises zones;
    private final BurstTimes burst;

    LaunchPromises(
            World world,
            Violations violations,
            Deployments deployments,
            Workflows workflows,
            RegistrationPromises registrations,
            ZonePromises zones,
            BurstTimes burst) {
        this.world = world;
        this.violations = violations;
        this.deployments = deployments;
        this.workflows = workflows;
        this.registrations = registrations;
        this.zones = zones;
        this.burst = burst;
    }

    /** RunInstances was answered. */
    void ran(Network.Call call, ServerResponse response) {
        var parameters = Ec2Parameters.of(call);
        var job = Long.parseLong(parameters.tag("mayfly:job"));
        var runnerId = Long.parseLong(parameters.tag("mayfly:runner-id"));
        var registered = call.invocation.registered().get(runnerId);
        if (response.status() != 200) {
            world.history().count("RunInstances refused");
            if (registered != null) {
                registered.refused = true;
                zones.refused(registered, parameters.subnet(), Ec2Parameters.code(response));
            }
            return;
        }
        if (registered != null) {
            registered.launched = true;
        }
        var work = workflows.find(job);
        if (work == null || !work.ours || !deployments.of(call).serves(work)) {
            violations.add(
                    Promise.ONLY_OUR_JOBS_ARE_SERVED,
                    call.invocation.name() + " launched for " + (work == null ? "job " + job : work),
                    List.of(Long.toString(job)));
            return;
        }
        var twins = registrations.machinesOf(runnerId);
        checkRegistration(twins, runnerId, job);
        if (work.overSince.isBefore(world.time().instant().minus(FRESH))) {
            violations.add(
                    Promise.NO_LAUNCH_FOR_AN_ENDED_JOB,
                    call.invocation.name() + " launched for " + work + " which ended at " + work.overSince,
                    List.of(Long.toString(job)));
        }
        world.history().count("launches");
        burst.launched(world.history().counted("launches"));
        work.launches++;
        world.history()
                .add("launched " + twins.getLast().id() + " runner-id=" + runnerId + " for job " + job + " which is "
                        + work.state);
    }

    private void checkRegistration(List<Machine> twins, long runnerId, long job) {
        if (twins.size() > 1) {
            violations.add(
                    Promise.ONE_INSTANCE_FOR_A_REGISTRATION,
                    twins.stream().map(Machine::id).toList() + " share runner-id=" + runnerId,
                    List.of("runner-id=" + runnerId, Long.toString(job)));
        }
        var runner = deployments.first().github().runners().find(runnerId).orElseThrow();
        if (!runner.registered()
                && twins.size() == 1
                && registrations.age(runnerId).compareTo(LAUNCH_WINDOW) < 0) {
            violations.add(
                    Promise.A_BOOTING_INSTANCE_KEEPS_ITS_REGISTRATION,
                    "the registration of " + runner.name() + " was deleted while its instance was launched",
                    List.of("runner-id=" + runnerId, runner.name(), Long.toString(job)));
        }
    }
}
