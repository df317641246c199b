package io.mayfly.chaos;

import io.mayfly.chaos.Violation.Promise;
import io.mayfly.playground.aws.AwsEmulator;
import io.mayfly.playground.github.EmulatedRunner;
import io.mayfly.playground.github.GitHubEmulator;
import io.mayfly.playground.wire.Emulation;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/** Two deployments beside each other between GitHub and EC2, for some hours, as one seed has them. */
final class Simulation {

    private static final List<String> REPOSITORIES =
            List.of(Deployment.OWNER + "/api", Deployment.OWNER + "/web", Deployment.OWNER + "/tools");

    /** More than one look has calls for. */
    private static final int GHOSTS = 31;

    /** Everything has settled when there was nothing left to do for so long. */
    private static final Duration QUIET = Duration.ofMinutes(5);

    private final Scenario scenario;
    private final World world;
    private final Violations violations;
    private final AwsEmulator aws;
    private final Deployments deployments;
    private final People people;
    private final Schedule schedule;
    private final FinalPromises promises;
    private final BurstTimes burst;
    private final LaunchedMachines machines;
    private final HostileTags tags;

    Simulation(long seed, Scenario scenario) {
        this(seed, scenario, QueueFate.GOOD);
    }

    /** @param fate of the first deployment's queue; the second has none */
    Simulation(long seed, Scenario scenario, QueueFate fate) {
        this.scenario = scenario;
        var time = new SimulatedTime(
                Instant.parse("2026-01-05T08:00:00Z").plusSeconds(Math.floorMod(seed * 7919, 86_400L)));
        var history = new History(time);
        var weather = new Weather(new Dice(seed, "weather"), history, scenario.fronts(), scenario.isSteady());
        world = new World(seed, time, history, weather);
        violations = new Violations(history);
        burst = new BurstTimes(scenario.matrix().jobs(), time);
        aws = aws();

        var dice = world.dice("people");
        var github = github(dice);
        deployments = new Deployments(seed, scenario.maxRunners(), github, scenario.apps(seed));
        deployments.configure(aws.parameters());
        deployments.first().queue(fate);
        var webhooks = new Webhooks(deployments, world);
        var states = new RunStates(world, scenario.odd() ? 0.25 : 0, github.runs());
        var workflows =
                new Workflows(world, dice, github, webhooks, states, scenario.cancelled(), scenario.cancelledWithin());
        var assignment = new RunnerAssignment(world, dice, github, webhooks, workflows);
        people = new People(world, dice, scenario.pushEvery(), REPOSITORIES, Demand.of(deployments), github, workflows);
        var claims = new ClaimPromises(world, violations, aws.instances(), github.runners(), burst);
        var hostile = new HostileClaims(world, claims);
        machines = new LaunchedMachines(
                world, scenario, aws.instances(), github.runners(), assignment, deployments, claims, hostile);
        aws.instances().onLaunch(machines::launched);
        schedule = new Schedule(world, aws, machines, people, hostile);

        var equations = new Equations(history);
        promises =
                new FinalPromises(world, scenario, violations, deployments, machines, workflows, webhooks, equations);
        var registrations = new RegistrationPromises(world, violations, machines, workflows, claims);
        var zones = new ZonePromises(world, violations);
        deploy(endpoints(workflows, registrations, zones, claims), invocation -> {
            equations.answered(invocation);
            zones.answered(invocation);
        });
        var strangers = new Strangers(REPOSITORIES.getFirst());
        strangers.launch(aws.instances());
        strangers.register(scenario.strangers(), github);
        tags = new HostileTags(world, aws.instances());
        if (scenario.odd()) {
            addOddities(states, strangers.registerPets(github));
        }
    }

    private void addOddities(RunStates states, List<EmulatedRunner> pets) {
        states.haunt(REPOSITORIES.getLast(), GHOSTS);
        var lists = new OddLists(world);
        for (var deployment : deployments.all()) {
            lists.addTo(deployment.github().oddEntries());
            pets.forEach(pet -> tags.disguise(deployment, REPOSITORIES.getFirst(), pet));
            tags.distort(deployment, REPOSITORIES.getFirst(), pets.getFirst());
        }
    }

    private AwsEmulator aws() {
        var emulator = AwsEmulator.inProcess(Emulation.of(world.time()));
        emulator.throttling().on();
        emulator.instances().shutdownTime(Duration.ofSeconds(20));
        emulator.describedAtOnce(scenario.pageSize());
        return emulator;
    }

    private GitHubEmulator github(Dice dice) {
        var drift = dice.millis(-3000, 3000);
        InstantSource clock = () -> world.time().instant().plus(drift);
        var emulator = GitHubEmulator.inProcess(Emulation.of(clock), Deployment.app(true));
        REPOSITORIES.forEach(repository -> emulator.repositories().add(repository, true));
        return emulator;
    }

    private Endpoints endpoints(
            Workflows workflows, RegistrationPromises registrations, ZonePromises zones, ClaimPromises claims) {
        var lies = world.dice("lies");
        var queue = new QueuePromises(world, violations);
        var launches =
                new LaunchPromises(world, violations, deployments, workflows, zones, burst, queue, aws.instances());
        var terminations = new TerminationPromises(world, violations, machines, aws.instances(), claims);
        var withdrawals = new WithdrawalPromises(world, violations, aws.instances(), workflows);
        return new Endpoints(
                world,
                violations,
                new RoutePromises(violations, deployments.first().github(), REPOSITORIES),
                new FaultyGitHub(world, lies, deployments, registrations),
                new FaultyAws(
                        world,
                        lies,
                        aws,
                        launches,
                        terminations,
                        claims,
                        withdrawals,
                        deployments.first().queue()));
    }

    private void deploy(Endpoints endpoints, LambdaFunction.Listener listener) {
        var network = new Network(world, endpoints, scenario.mutant().tampering());
        for (var deployment : deployments.all()) {
            deployment.deploy(new LambdaFunction(
                    deployment,
                    scenario.matrix().concurrency(),
                    scenario.mutant().alternatives(),
                    world,
                    network,
                    listener));
            if (deployment.queue() != QueueFate.NONE) {
                var queue = aws.queues().create("mayfly-" + deployment.name() + "-bursts");
                new EventSource(world, deployment, queue, deployment.queue()).begin();
            }
        }
    }

    Result run() {
        var began = System.nanoTime();
        var start = world.time().instant();
        try {
            course(start.plus(scenario.storm()));
        } catch (IllegalStateException e) {
            violations.add(Promise.NO_UNEXPECTED_FAILURE, e + " " + e.getCause(), List.of());
            if (violations.all().size() == 1 && e.getCause() != null) {
                e.printStackTrace();
            }
        }
        return new Result(
                world.seed(),
                scenario,
                world.history(),
                violations.all(),
                burst,
                Duration.between(start, world.time().instant()),
                Duration.ofNanos(System.nanoTime() - began));
    }

    private void course(Instant stormEnds) {
        plan(stormEnds);
        var time = world.time();
        var end = stormEnds.plus(scenario.settling());
        var quietSince = Instant.MAX;
        var nextCheck = stormEnds.plusSeconds(60);
        while (violations.areNone() && time.instant().isBefore(end) && time.step()) {
            if (time.instant().isBefore(nextCheck)) {
                continue;
            }
            nextCheck = time.instant().plusSeconds(30);
            if (!promises.areKept()) {
                quietSince = Instant.MAX;
            } else if (quietSince.equals(Instant.MAX)) {
                quietSince = time.instant();
            } else if (time.instant().isAfter(quietSince.plus(QUIET))) {
                break;
            }
        }
        if (violations.areNone()) {
            promises.check();
        }
    }

    private void plan(Instant stormEnds) {
        if (scenario.isDry()) {
            people.stopPushing();
            world.weather().calmDown();
            new Drought(world, violations, people, machines)
                    .begin(scenario.matrix().jobs());
        } else if (scenario.isBurst()) {
            people.stopPushing();
            world.weather().calmDown();
            world.time().in(Duration.ofSeconds(30), () -> {
                burst.begins();
                people.matrix(scenario.matrix(), Duration.ofMinutes(10));
            });
        }
        people.planPush();
        schedule.planWeather();
        schedule.planImpostor();
        schedule.planClaimsForOthers();
        deployments.all().forEach(schedule::planRotation);
        deployments.all().forEach(schedule::planSweep);
        if (scenario.odd()) {
            schedule.planTags(tags);
            schedule.planRename();
        }
        world.time().at(stormEnds, () -> {
            people.stopPushing();
            world.weather().calmDown();
            aws.capacity().restore();
        });
    }
}
