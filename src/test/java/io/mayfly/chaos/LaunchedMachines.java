package io.mayfly.chaos;

import io.mayfly.chaos.Weather.Front;
import io.mayfly.playground.aws.EmulatedInstance;
import io.mayfly.playground.aws.EmulatedInstances;
import io.mayfly.playground.github.EmulatedRunners;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the deployments have launched, and what is wrong with some of it. */
final class LaunchedMachines {

    private final World world;
    private final Dice dice;
    private final Scenario scenario;
    private final EmulatedInstances instances;
    private final EmulatedRunners runners;
    private final RunnerAssignment jobs;
    private final Deployments deployments;
    private final ClaimPromises promises;
    private final HostileClaims hostile;
    private final Map<String, Machine> machines = new LinkedHashMap<>();
    private boolean badImage;

    LaunchedMachines(
            World world,
            Scenario scenario,
            EmulatedInstances instances,
            EmulatedRunners runners,
            RunnerAssignment jobs,
            Deployments deployments,
            ClaimPromises promises,
            HostileClaims hostile) {
        this.world = world;
        this.dice = world.dice("machines");
        this.scenario = scenario;
        this.instances = instances;
        this.runners = runners;
        this.jobs = jobs;
        this.deployments = deployments;
        this.promises = promises;
        this.hostile = hostile;
        promises.of(machines::get);
    }

    /** From now on no instance claims, or all do. */
    void badImage(boolean value) {
        badImage = value;
    }

    /** EC2 has launched an instance. */
    void launched(EmulatedInstance instance) {
        var deployment = deployments.named(instance.tags().getOrDefault("mayfly:deployment", ""));
        var machine =
                new Machine(instance, flaw(), world, dice, deployment, instances, runners, jobs, promises, hostile);
        machines.put(instance.id(), machine);
        machine.start(bootTime(machine));
    }

    private Duration bootTime(Machine machine) {
        if (scenario.isBurst() || scenario.losesWebhooksAlone()) {
            return dice.millis(14_000, 24_000);
        }
        var slow = dice.chance(machine.flaw() == Flaw.NONE ? 0.01 : 0.1);
        return slow ? dice.seconds(90, 240) : dice.seconds(12, 60);
    }

    private Flaw flaw() {
        if (badImage) {
            return Flaw.NEVER_CLAIMS;
        }
        var flaw = Flaw.NONE;
        if (world.weather().strikes(Front.MACHINES_FAIL, 0.3, 0.03)) {
            var flaws = Flaw.values();
            flaw = flaws[1 + dice.below(flaws.length - 1)];
        }
        return flaw == Flaw.NONE && !world.weather().isCalm() && dice.chance(scenario.idlers())
                ? Flaw.NEVER_IDLES_OUT
                : flaw;
    }

    Collection<Machine> all() {
        return machines.values();
    }

    Set<String> ids() {
        return machines.keySet();
    }

    @Nullable
    Machine find(String id) {
        return machines.get(id);
    }

    List<Machine> alive() {
        return machines.values().stream().filter(Machine::isAlive).toList();
    }

    /** Those at work. */
    List<Machine> busy() {
        return alive().stream().filter(machine -> machine.work() != null).toList();
    }

    /** Those that have claimed a registration. */
    List<Machine> ofRunner(long id) {
        return machines.values().stream()
                .filter(machine -> machine.runnerId() == id)
                .toList();
    }
}
