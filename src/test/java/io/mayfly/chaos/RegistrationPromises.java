package io.mayfly.chaos;

import io.mayfly.chaos.Violation.Promise;
import io.mayfly.github.RunnerName;
import io.mayfly.playground.github.EmulatedRunner;
import io.mayfly.playground.wire.ServerResponse;
import java.time.Duration;
import java.util.List;

/** Which registrations are made and deleted, and whether that was right. */
final class RegistrationPromises {

    private static final Duration REGISTER = Duration.ofMinutes(5);

    private final World world;
    private final Violations violations;
    private final LaunchedMachines machines;
    private final Workflows workflows;
    private final ClaimPromises claims;

    RegistrationPromises(
            World world, Violations violations, LaunchedMachines machines, Workflows workflows, ClaimPromises claims) {
        this.world = world;
        this.violations = violations;
        this.machines = machines;
        this.workflows = workflows;
        this.claims = claims;
    }

    void registered(Network.Call call, ServerResponse response) {
        if (response.status() != 201) {
            return;
        }
        var runner = Seen.json(response.body()).path("runner");
        var name = runner.path("name").asText();
        var id = runner.path("id").asLong();
        world.history().count("JIT configurations");
        world.history().add("registered " + name + " runner-id=" + id);
        claims.registered(call, name, id);
        call.invocation.registered().put(id, name);
    }

    /** A runner was to be deleted. */
    void deleted(Network.Call call, Deployment deployment, EmulatedRunner runner, ServerResponse response) {
        if (response.status() == 422) {
            call.invocation.busy().add(runner.id());
        }
        if (response.status() != 204) {
            return;
        }
        world.history().count("registrations deleted");
        world.history()
                .add("deleted registration of " + runner.name() + " runner-id=" + runner.id() + " by "
                        + call.invocation.name());
        if (!runner.labels().contains(deployment.label()) || !RunnerName.isOurs(deployment.name(), runner.name())) {
            violations.add(
                    Promise.ONLY_OUR_REGISTRATIONS_ARE_DELETED,
                    call.invocation.name() + " deleted the registration of " + runner.name(),
                    List.of("runner-id=" + runner.id()));
        }
        for (var machine : machines.ofRunner(runner.id())) {
            if (machine.isAlive()) {
                checkBooting(call, machine);
                machine.registrationDeleted();
            }
        }
    }

    /** While its job waits and its time to come up is not over, nobody has a reason to take its registration. */
    private void checkBooting(Network.Call call, Machine machine) {
        var work = workflows.of(machine.instance());
        if (!machine.wasOnline()
                && !machine.hasTagsOfOthers()
                && work != null
                && work.state == Work.State.QUEUED
                && machine.instance()
                        .launchedAt()
                        .plus(REGISTER)
                        .isAfter(world.time().instant())) {
            violations.add(
                    Promise.A_BOOTING_INSTANCE_KEEPS_ITS_REGISTRATION,
                    call.invocation.name() + " deleted the registration of " + machine.id() + " runner-id="
                            + machine.runnerId() + " which boots for " + work,
                    List.of("runner-id=" + machine.runnerId(), machine.id(), Long.toString(work.id)));
        }
    }
}
