package io.mayfly.chaos;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mayfly.chaos.Violation.Promise;
import io.mayfly.chaos.Weather.Front;
import io.mayfly.http.Request;
import io.mayfly.playground.aws.AwsEmulator;
import io.mayfly.playground.aws.Capacity.Choice;
import io.mayfly.playground.aws.EmulatedInstance;
import io.mayfly.playground.github.EmulatedRunner;
import io.mayfly.playground.github.GitHubEmulator;
import io.mayfly.playground.github.Lies;
import io.mayfly.playground.wire.Emulation;
import io.mayfly.playground.wire.ServerResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Two deployments beside each other between GitHub and EC2, for some hours, as one seed has them. */
final class Simulation implements Network.Services {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final List<String> REPOSITORIES =
            List.of(Deployment.OWNER + "/api", Deployment.OWNER + "/web", Deployment.OWNER + "/tools");
    private static final int CONCURRENCY = 20;
    private static final Duration MAX = Duration.ofMinutes(60);
    private static final Duration REGISTER = Duration.ofMinutes(5);
    /** A launcher that takes longer is overtaken by those who wait for it. */
    private static final Duration LAUNCH_WINDOW = Duration.ofSeconds(7);
    /** A job that is younger is launched for without a question. */
    private static final Duration FRESH = Duration.ofSeconds(150);
    /** So many launches more than jobs are taken without a reason, or so many of a hundred jobs. */
    private static final int FEW = 3;

    private static final int FEW_OF_A_HUNDRED = 5;
    /** 9 s of a webhook, and what a clock may be off. */
    private static final Duration WEBHOOK = Duration.ofMillis(10_500);

    private static final Duration SWEEP = Duration.ofMillis(58_500);
    /** A sweep starts no work after 45 s; a call whose connection broke is begun once more. */
    private static final Duration SWEEP_STARTS = Duration.ofSeconds(50);

    private static final Duration BEYOND_MAX = Duration.ofMinutes(15);

    private final long seed;
    private final Scenario scenario;
    private final SimulatedTime time;
    private final History history;
    private final Weather weather;
    private final Dice lies;
    private final Dice machineDice;
    private final Dice people;
    private final Dice scheduler;
    private final AwsEmulator aws;
    private final GitHubWorld world;
    private final Webhooks webhooks;
    private final Map<String, Deployment> deployments = new LinkedHashMap<>();
    private final Map<String, Machine> machines = new LinkedHashMap<>();
    private final Map<String, SecondaryRateLimit> points = new LinkedHashMap<>();
    private final Map<Long, Instant> registeredAt = new LinkedHashMap<>();
    private final List<Violation> violations = new ArrayList<>();
    private final Equations equations;
    private boolean pushing = true;
    private @Nullable Instant burstAt;
    private Duration enoughLaunched = Duration.ZERO;
    private Duration lastLaunch = Duration.ZERO;

    Simulation(long seed, Scenario scenario) {
        this.seed = seed;
        this.scenario = scenario;
        var start = Instant.parse("2026-01-05T08:00:00Z").plusSeconds(Math.floorMod(seed * 7919, 86_400L));
        time = new SimulatedTime(start);
        history = new History(time);
        equations = new Equations(history);
        weather = new Weather(new Dice(seed, "weather"), history, scenario.fronts());
        lies = new Dice(seed, "lies");
        machineDice = new Dice(seed, "machines");
        people = new Dice(seed, "people");
        scheduler = new Dice(seed, "scheduler");

        var drift = people.millis(-3000, 3000);
        InstantSource githubClock = () -> time.instant().plus(drift);
        var first = GitHubEmulator.inProcess(Emulation.of(githubClock), Deployment.app(true));
        var other = first.inProcess(Deployment.app(false));
        aws = AwsEmulator.inProcess(Emulation.of(time));
        aws.throttling().on();
        aws.instances().shutdownTime(Duration.ofSeconds(20));
        aws.describedAtOnce(scenario.pageSize());
        REPOSITORIES.forEach(repository -> first.repositories().add(repository, true));

        var second = seed % 3 == 0 ? "7" : "blue";
        for (var deployment : List.of(
                Deployment.of("default", 101, first, "x64", scenario.maxRunners()),
                Deployment.of(second, 202, other, "arm64", scenario.maxRunners()))) {
            deployments.put(deployment.name(), deployment);
            points.put(deployment.name(), new SecondaryRateLimit());
            var path = "/mayfly/" + deployment.name() + "/";
            aws.parameters()
                    .put(path + "github-app-id", deployment.github().app().clientId());
            aws.parameters()
                    .put(path + "github-private-key", deployment.github().app().privateKeyPem());
            aws.parameters().put(path + "github-webhook-secret", deployment.secret());
        }
        webhooks = new Webhooks(List.copyOf(deployments.values()), time, history, weather, new Dice(seed, "webhooks"));
        world = new GitHubWorld(
                first, time, history, weather, people, webhooks, REPOSITORIES, demands(), scenario.cancelled());
        var network = new Network(
                time,
                history,
                weather,
                new Dice(seed, "network"),
                this,
                scenario.mutant().tampering());
        for (var deployment : deployments.values()) {
            deployment.deploy(new LambdaFunction(
                    deployment.name(),
                    deployment.variables(),
                    scenario.mutant().alternatives(),
                    CONCURRENCY,
                    time,
                    history,
                    weather,
                    network,
                    new Dice(seed, "lambda " + deployment.name()),
                    this::answered));
        }
        aws.instances().onLaunch(this::launched);
        addStrangers(first);
    }

    private List<GitHubWorld.Demand> demands() {
        var demands = new ArrayList<GitHubWorld.Demand>();
        for (var deployment : deployments.values()) {
            demands.add(new GitHubWorld.Demand(deployment.labels().getFirst(), 6, true));
            demands.add(new GitHubWorld.Demand(deployment.labels().getLast(), 2, true));
            // What both of its pools could serve; the smaller one wins.
            demands.add(new GitHubWorld.Demand(deployment.labels().getFirst().subList(1, 3), 1, true));
        }
        demands.add(new GitHubWorld.Demand(List.of("ubuntu-latest"), 1, false));
        return demands;
    }

    private void addStrangers(GitHubEmulator github) {
        aws.instances().add(Map.of("Name", "somebody's"));
        aws.instances().add(Map.of("mayfly:pool", "small", "mayfly:runner", "mayfly-1-1", "mayfly:runner-id", "1"));
        aws.instances()
                .add(Map.of(
                        "mayfly:deployment", "green",
                        "mayfly:pool", "small",
                        "mayfly:scope", "repos/" + REPOSITORIES.getFirst(),
                        "mayfly:repository", REPOSITORIES.getFirst(),
                        "mayfly:runner", "mayfly-green-1-1",
                        "mayfly:job", "1",
                        "mayfly:runner-id", "1",
                        "mayfly:installation", "101"));
        for (var scope : List.of("orgs/" + Deployment.OWNER, "repos/" + REPOSITORIES.getFirst())) {
            for (var i = 1; i <= scenario.strangers(); i++) {
                github.runners()
                        .register(
                                scope,
                                i % 5 == 0
                                        ? "mayfly-green-" + i + "-1"
                                        : i % 5 == 1 ? "mayfly-" + i + "-1" : "pet-" + i,
                                i % 5 == 0 ? List.of("green", "mayfly-green-us-east-1") : List.of("pet"),
                                1);
            }
        }
    }

    // The course of events

    Result run() {
        var began = System.nanoTime();
        var start = time.instant();
        try {
            course(start.plus(scenario.storm()));
        } catch (IllegalStateException e) {
            violate(Promise.NO_UNEXPECTED_FAILURE, e + " " + e.getCause(), List.of());
            if (violations.size() == 1 && e.getCause() != null) {
                e.printStackTrace();
            }
        }
        return new Result(
                seed,
                scenario,
                history,
                List.copyOf(violations),
                enoughLaunched,
                lastLaunch,
                Duration.between(start, time.instant()),
                Duration.ofNanos(System.nanoTime() - began));
    }

    private void course(Instant stormEnds) {
        if (scenario.burst() > 0) {
            pushing = false;
            weather.calmDown();
            time.in(Duration.ofSeconds(30), () -> {
                burstAt = time.instant();
                world.matrix(
                        REPOSITORIES.getFirst(), scenario.burst(), demands().getFirst(), Duration.ofMinutes(10));
            });
        }
        planPush();
        planWeather();
        planImpostor();
        deployments.values().forEach(deployment -> planSweep(deployment, scheduler.seconds(0, 60)));
        time.at(stormEnds, () -> {
            pushing = false;
            weather.calmDown();
            aws.capacity().restore();
        });
        var end = stormEnds.plus(scenario.settling());
        var quietSince = Instant.MAX;
        var nextCheck = stormEnds.plusSeconds(60);
        while (violations.isEmpty() && time.instant().isBefore(end) && time.step()) {
            if (time.instant().isBefore(nextCheck)) {
                continue;
            }
            nextCheck = time.instant().plusSeconds(30);
            if (!isSettled()) {
                quietSince = Instant.MAX;
            } else if (quietSince.equals(Instant.MAX)) {
                quietSince = time.instant();
            } else if (time.instant().isAfter(quietSince.plus(Duration.ofMinutes(5)))) {
                break;
            }
        }
        if (violations.isEmpty()) {
            checkEnd();
        }
    }

    private void planPush() {
        var mean = scenario.pushEvery().toMillis();
        time.in(Duration.ofMillis(mean / 4 + people.below((int) (mean * 3 / 2))), () -> {
            if (pushing) {
                for (var count = people.chance(0.05) ? people.between(3, 6) : 1; count > 0; count--) {
                    world.push();
                }
                planPush();
            }
        });
    }

    private void planWeather() {
        weather.change();
        aws.capacity().restore();
        if (weather.has(Front.EC2_HAS_NO_ROOM)) {
            aws.capacity().refuse(Choice.ANY, "InsufficientInstanceCapacity");
        } else if (weather.has(Front.EC2_HAS_LITTLE_ROOM)) {
            aws.capacity().refuse(Choice.ANY.ofType("c7i.xlarge"), "InsufficientInstanceCapacity");
            aws.capacity()
                    .refuse(Choice.ANY.onMarket("spot").inSubnet("subnet-0b0b0b0b"), "MaxSpotInstanceCountExceeded");
        }
        if (!weather.isCalm()) {
            time.in(scheduler.minutes(3, 9), () -> {
                if (!weather.isCalm()) {
                    planWeather();
                }
            });
        }
    }

    private void planImpostor() {
        time.in(scheduler.minutes(2, 8), () -> {
            if (weather.isCalm()) {
                return;
            }
            var busy = machines.values().stream()
                    .filter(machine -> machine.isAlive() && machine.work() != null)
                    .toList();
            if (!busy.isEmpty()) {
                world.impersonate(scheduler.pick(busy));
            }
            planImpostor();
        });
    }

    private void planSweep(Deployment deployment, Duration in) {
        time.in(in, () -> {
            planSweep(deployment, Duration.ofMinutes(1));
            if (weather.strikes(Front.FUNCTION_IS_KILLED, 0.1, 0.02)) {
                history.count("fault sweep not invoked");
                return;
            }
            sweep(deployment, time.instant().plusSeconds(60));
            if (weather.strikes(Front.FUNCTION_IS_KILLED, 0.1, 0.03)) {
                history.count("fault sweep invoked twice");
                time.in(
                        scheduler.millis(0, 3000),
                        () -> sweep(deployment, time.instant().plusSeconds(60)));
            }
        });
    }

    /** An asynchronous invocation: what is throttled is tried again until it is a minute old. */
    private void sweep(Deployment deployment, Instant until) {
        history.count("sweeps");
        deployment.function().invoke("sweep", ExecutionEnvironment::sweep, (status, body) -> {
            history.count("sweep answers " + status);
            if (status == 429 && time.instant().isBefore(until)) {
                time.in(scheduler.seconds(1, 10), () -> sweep(deployment, until));
            }
        });
    }

    private void launched(EmulatedInstance instance) {
        var flaw = Machine.Flaw.NONE;
        if (weather.strikes(Front.MACHINES_FAIL, 0.3, 0.03)) {
            var flaws = Machine.Flaw.values();
            flaw = flaws[1 + machineDice.below(flaws.length - 1)];
        }
        if (flaw == Machine.Flaw.NONE && !weather.isCalm() && machineDice.chance(scenario.idlers())) {
            flaw = Machine.Flaw.NEVER_IDLES_OUT;
        }
        var machine = new Machine(
                instance,
                flaw,
                time,
                machineDice,
                history,
                aws.instances(),
                first().github().runners(),
                world);
        machines.put(instance.id(), machine);
        machine.start();
    }

    private Deployment first() {
        return deployments.values().iterator().next();
    }

    // The services behind the network

    @Override
    public String operation(String environment, Request request) {
        var headers = new LinkedHashMap<String, String>();
        request.headers().forEach((name, value) -> headers.put(name.toLowerCase(java.util.Locale.ROOT), value));
        return headers.containsKey("x-amz-date")
                ? AwsEmulator.operation(headers, new String(request.body(), java.nio.charset.StandardCharsets.UTF_8))
                : first().github().operation(request.method(), target(request));
    }

    @Override
    public String about(Network.Call call) {
        if (!call.aws) {
            return call.operation.equals("generate-jitconfig")
                    ? call.target + " " + json(call.body).path("name").asText()
                    : call.target;
        }
        var parameters = AwsEmulator.parameters(call.body);
        return switch (call.operation) {
            case "RunInstances" ->
                tag(parameters, "mayfly:runner") + " " + parameters.get("InstanceType") + " "
                        + parameters.get("SubnetId") + " "
                        + parameters.getOrDefault("InstanceMarketOptions.MarketType", "on-demand");
            case "TerminateInstances", "CreateTags", "GetConsoleOutput" -> String.join(" ", ids(parameters));
            case "DescribeInstances" -> filters(parameters);
            default -> "";
        };
    }

    @Override
    public void begins(Network.Call call) {
        var invocation = call.invocation;
        var limit = !invocation.isSweep() ? WEBHOOK : call.operation.equals("redeliver") ? SWEEP_STARTS : SWEEP;
        if (Duration.between(invocation.began(), time.instant()).compareTo(limit) > 0) {
            violate(
                    Promise.EVERY_INVOCATION_KEEPS_ITS_TIME,
                    invocation.name() + " began " + call.operation + " after " + limit,
                    List.of(invocation.name()));
        }
    }

    @Override
    public ServerResponse carryOut(Network.Call call) {
        return call.aws ? carryOutAws(call) : carryOutGitHub(call);
    }

    private ServerResponse carryOutGitHub(Network.Call call) {
        var deployment = deployment(call);
        if (!points(call).take(call.method.equals("GET") ? 1 : 5, time.instant())) {
            history.count("GitHub's 900 points a minute spent");
            return Weather.withRetryAfter(Weather.error(403, "You have exceeded a secondary rate limit."));
        }
        lie(call.operation);
        var id = lastNumber(call.target);
        var runner = call.operation.equals("delete-runner")
                ? deployment.github().runners().find(id).orElse(null)
                : null;
        if (runner != null && runner.busy()) {
            busyDeletion();
        }
        var response = deployment.github().answer(call.method, call.target, call.headers, call.body);
        deployment.github().lies().none();
        if (call.operation.equals("generate-jitconfig")) {
            registered(call, response);
        }
        if (runner != null) {
            deleted(call, deployment, runner, response);
        }
        return response;
    }

    private void registered(Network.Call call, ServerResponse response) {
        if (response.status() == 201) {
            var runner = json(response.body()).path("runner");
            history.count("JIT configurations");
            history.add("registered " + runner.path("name").asText() + " runner-id="
                    + runner.path("id").asLong());
            registeredAt.put(runner.path("id").asLong(), time.instant());
            call.invocation
                    .registered()
                    .put(
                            runner.path("id").asLong(),
                            new Invocation.Registered(runner.path("name").asText()));
        }
    }

    private void lie(String operation) {
        var shown = first().github().lies();
        shown.none();
        if (weather.isCalm()) {
            return;
        }
        shown.staleBusy(lies.chance(0.5));
        if (operation.startsWith("list-") && weather.strikes(Front.GITHUB_LISTS_LAG, 0.7, 0.02)) {
            history.count("fault list lags");
            shown.lag(lies.seconds(1, 240));
        }
        if (operation.equals("list-runners") && weather.strikes(Front.GITHUB_LISTS_OMIT, 0.7, 0.02)) {
            history.count("fault list omits");
            var salt = lies.below(1000);
            shown.omitFromLists(runner -> (runner.id() * 31 + salt) % 4 == 0);
        }
    }

    private void busyDeletion() {
        var told = weather.strikes(Front.GITHUB_LIES_OF_DELETION, 0.9, 0.1)
                ? lies.pick(List.of(Lies.BusyDeletion.ACCEPTED, Lies.BusyDeletion.NOT_FOUND))
                : Lies.BusyDeletion.REFUSED;
        history.count("deletions of a busy runner answered " + told);
        first().github().lies().busyDeletion(told);
    }

    private void deleted(Network.Call call, Deployment deployment, EmulatedRunner runner, ServerResponse response) {
        var mine = call.invocation.registered().get(runner.id());
        if (mine != null) {
            mine.deleted = true;
        }
        if (response.status() == 422) {
            call.invocation.busy().add(runner.id());
        }
        if (response.status() != 204) {
            return;
        }
        history.count("registrations deleted");
        history.add("deleted registration of " + runner.name() + " runner-id=" + runner.id() + " by "
                + call.invocation.name());
        if (!runner.labels().contains(deployment.label())) {
            violate(
                    Promise.NOTHING_OF_OTHERS_IS_TOUCHED,
                    call.invocation.name() + " deleted the registration of " + runner.name(),
                    List.of("runner-id=" + runner.id()));
        }
        for (var machine : machines.values()) {
            if (machine.runnerId() == runner.id() && machine.isAlive()) {
                checkBooting(call, machine);
                machine.registrationDeleted();
            }
        }
    }

    /** While its job waits and its time to come up is not over, nobody has a reason to take its registration. */
    private void checkBooting(Network.Call call, Machine machine) {
        var work = workOf(machine);
        if (!machine.wasOnline()
                && work != null
                && work.state == Work.State.QUEUED
                && machine.instance().launchedAt().plus(REGISTER).isAfter(time.instant())) {
            violate(
                    Promise.A_BOOTING_INSTANCE_KEEPS_ITS_REGISTRATION,
                    call.invocation.name() + " deleted the registration of " + machine.id() + " runner-id="
                            + machine.runnerId() + " which boots for " + work,
                    List.of("runner-id=" + machine.runnerId(), machine.id(), Long.toString(work.id)));
        }
    }

    private @Nullable Work workOf(Machine machine) {
        return world.jobs().get(Long.parseLong(machine.instance().tags().getOrDefault("mayfly:job", "0")));
    }

    private ServerResponse carryOutAws(Network.Call call) {
        var parameters = AwsEmulator.parameters(call.body);
        var lag = !weather.isCalm() && weather.strikes(Front.EC2_DESCRIBE_LAGS, 0.7, 0.02);
        if (lag && !call.operation.equals("RunInstances")) {
            history.count("fault describe lags");
            aws.instances().lag(lies.seconds(1, 6));
        }
        var ids = call.operation.equals("TerminateInstances") || call.operation.equals("CreateTags")
                ? ids(parameters)
                : List.<String>of();
        ids.forEach(id -> checkWhose(call, id));
        var response = aws.answer(call.headers, call.body);
        aws.instances().lag(Duration.ZERO);
        if (call.operation.equals("TerminateInstances")) {
            ids.forEach(id -> terminated(call, id));
        }
        if (call.operation.equals("RunInstances")) {
            ran(call, parameters, response);
        }
        return response;
    }

    private void ran(Network.Call call, Map<String, String> parameters, ServerResponse response) {
        var job = Long.parseLong(tag(parameters, "mayfly:job"));
        var runnerId = Long.parseLong(tag(parameters, "mayfly:runner-id"));
        var registered = call.invocation.registered().get(runnerId);
        if (response.status() != 200) {
            history.count("RunInstances refused");
            if (registered != null) {
                registered.refused = true;
            }
            return;
        }
        if (registered != null) {
            registered.launched = true;
        }
        var work = world.jobs().get(job);
        var deployment = deployment(call);
        if (work == null || !work.ours || !deployment.serves(work)) {
            violate(
                    Promise.ONLY_OUR_JOBS_ARE_SERVED,
                    call.invocation.name() + " launched for " + (work == null ? "job " + job : work),
                    List.of(Long.toString(job)));
            return;
        }
        var twins = machines.values().stream()
                .filter(machine -> machine.runnerId() == runnerId)
                .toList();
        if (twins.size() > 1) {
            violate(
                    Promise.ONE_INSTANCE_FOR_A_REGISTRATION,
                    twins.stream().map(Machine::id).toList() + " share runner-id=" + runnerId,
                    List.of("runner-id=" + runnerId, Long.toString(job)));
        }
        var machine = twins.getLast();
        var runner = first().github().runners().find(runnerId).orElseThrow();
        var age = Duration.between(registeredAt.getOrDefault(runnerId, Instant.MIN), time.instant());
        if (!runner.registered() && twins.size() == 1 && age.compareTo(LAUNCH_WINDOW) < 0) {
            violate(
                    Promise.A_BOOTING_INSTANCE_KEEPS_ITS_REGISTRATION,
                    "the registration of " + runner.name() + " was deleted while its instance was launched",
                    List.of("runner-id=" + runnerId, runner.name(), Long.toString(job)));
        }
        if (work.overSince.isBefore(time.instant().minus(FRESH))) {
            violate(
                    Promise.NO_LAUNCH_FOR_AN_ENDED_JOB,
                    call.invocation.name() + " launched for " + work + " which ended at " + work.overSince,
                    List.of(Long.toString(job)));
        }
        history.count("launches");
        if (burstAt != null) {
            lastLaunch = Duration.between(burstAt, time.instant());
            enoughLaunched = history.counted("launches") <= scenario.burst() ? lastLaunch : enoughLaunched;
        }
        work.launches++;
        history.add(
                "launched " + machine.id() + " runner-id=" + runnerId + " for job " + job + " which is " + work.state);
    }

    private void checkWhose(Network.Call call, String id) {
        var owner = aws.instances()
                .find(id)
                .map(instance -> instance.tags().getOrDefault("mayfly:deployment", "nobody"))
                .orElse("unknown");
        if (!owner.equals(call.deployment)) {
            violate(
                    Promise.NOTHING_OF_OTHERS_IS_TOUCHED,
                    call.invocation.name() + " called " + call.operation + " on " + id + " of " + owner,
                    List.of(id));
        }
    }

    private void terminated(Network.Call call, String id) {
        var machine = machines.get(id);
        if (machine == null
                || !machine.isAlive()
                || aws.instances().find(id).orElseThrow().live()) {
            return;
        }
        history.count("instances terminated by us");
        var job = machine.work();
        var age = Duration.between(machine.instance().launchedAt(), time.instant());
        if (call.invocation.busy().contains(machine.runnerId())) {
            violate(
                    Promise.WHAT_GITHUB_CALLS_BUSY_IS_LEFT,
                    call.invocation.name() + " terminated " + id + " whose runner-id=" + machine.runnerId()
                            + " GitHub had called busy",
                    List.of(id, "runner-id=" + machine.runnerId(), call.invocation.name()));
        }
        if (job != null && job.cancelled) {
            history.count("runners ended while they wind up a cancelled job");
        } else if (job != null) {
            if (age.compareTo(MAX.plus(BEYOND_MAX)) > 0) {
                history.count("busy runners ended at the hard limit");
            } else {
                violate(
                        Promise.NO_BUSY_RUNNER_IS_ENDED,
                        call.invocation.name() + " terminated " + id + " whose runner-id=" + machine.runnerId()
                                + " works on " + job,
                        List.of(id, "runner-id=" + machine.runnerId(), call.invocation.name(), Long.toString(job.id)));
            }
        }
        machine.ended("terminated by " + call.invocation.name());
    }

    private void answered(Invocation invocation) {
        equations.answered(invocation);
        checkRefusals(invocation);
    }

    private void checkRefusals(Invocation invocation) {
        if (invocation.isTroubled()) {
            return;
        }
        invocation.registered().forEach((id, registered) -> {
            if (registered.refused && !registered.launched && !registered.deleted) {
                violate(
                        Promise.A_REFUSED_LAUNCH_LEAVES_NO_REGISTRATION,
                        invocation.name() + " left " + registered.runner + " runner-id=" + id,
                        List.of("runner-id=" + id, registered.runner, invocation.name()));
            }
        });
    }

    // The end

    private List<Machine> left() {
        return machines.values().stream().filter(Machine::isAlive).toList();
    }

    private List<EmulatedRunner> registrationsLeft() {
        return first().github().runners().registered().stream()
                .filter(runner -> deployments.values().stream()
                        .anyMatch(deployment -> runner.labels().contains(deployment.label())))
                .toList();
    }

    private List<Work> unserved() {
        return world.jobs().values().stream()
                .filter(work -> work.ours
                        && (work.state == Work.State.QUEUED
                                || work.state == Work.State.RUNNING
                                || (work.state == Work.State.WAITING
                                        && work.behindEnvironment
                                        && first().github().jobs().find(work.id).isPresent())))
                .toList();
    }

    private boolean isSettled() {
        return unserved().isEmpty() && left().isEmpty() && registrationsLeft().isEmpty() && webhooks.isQuiet();
    }

    private void checkEnd() {
        unserved()
                .forEach(work -> violate(
                        Promise.EVERY_JOB_IS_SERVED,
                        work + " is " + work.state + " since " + work.queuedAt,
                        List.of(Long.toString(work.id))));
        left().forEach(machine -> violate(
                Promise.NO_INSTANCE_IS_LEFT,
                machine.id() + " " + machine.instance().tags().get("mayfly:runner") + " " + machine.flaw(),
                List.of(machine.id(), "runner-id=" + machine.runnerId())));
        checkDeliveries();
        checkLaunches();
        checkMetrics();
        registrationsLeft()
                .forEach(runner -> violate(
                        Promise.NO_REGISTRATION_IS_LEFT,
                        runner.name() + " runner-id=" + runner.id() + " " + (runner.online() ? "online" : "offline"),
                        List.of("runner-id=" + runner.id(), runner.name())));
    }

    private void checkMetrics() {
        var invocations = deployments.values().stream()
                .flatMap(deployment -> deployment.function().invocations().stream())
                .toList();
        equations
                .atTheEnd(invocations, machines.keySet())
                .forEach(what -> violate(Promise.METRICS_ADD_UP, what, List.of()));
    }

    private void checkDeliveries() {
        webhooks.sent().stream()
                .filter(Webhooks.Sent::isOwed)
                .forEach(delivery ->
                        violate(Promise.EVERY_DELIVERY_IS_ANSWERED, delivery.toString(), List.of(delivery.guid)));
        webhooks.sent().stream()
                .filter(delivery -> !delivery.answered)
                .forEach(delivery -> history.count("deliveries without a good answer after four attempts"));
    }

    /**
     * An instance that serves no job needs a reason: it failed, or its job was cancelled. A few have none: two launches
     * that did not know of each other, or a job that another's runner took.
     */
    private void checkLaunches() {
        var withoutReason = 0;
        for (var machine : machines.values()) {
            if (machine.servedJob()) {
                continue;
            }
            var work = workOf(machine);
            if (machine.isFlawed()) {
                history.count("instances without a job: they failed");
            } else if (work == null || work.conclusion.equals("cancelled")) {
                history.count("instances without a job: it was cancelled");
            } else {
                history.count("instances without a job: no reason");
                withoutReason++;
            }
        }
        var bound = Math.max(FEW, history.counted("jobs") * FEW_OF_A_HUNDRED / 100);
        if (withoutReason > bound) {
            violate(
                    Promise.FEW_EXTRA_LAUNCHES,
                    withoutReason + " healthy instances served no job, the bound is " + bound,
                    List.of("launched i-"));
        }
    }

    private void violate(Promise promise, String what, List<String> about) {
        history.count("broken " + promise);
        history.add("VIOLATION " + promise + ": " + what);
        violations.add(new Violation(promise, what, about));
    }

    // Small change

    private Deployment deployment(Network.Call call) {
        var deployment = deployments.get(call.deployment);
        if (deployment == null) {
            throw new IllegalStateException("no deployment " + call.deployment);
        }
        return deployment;
    }

    private SecondaryRateLimit points(Network.Call call) {
        var known = points.get(call.deployment);
        if (known == null) {
            throw new IllegalStateException("no deployment " + call.deployment);
        }
        return known;
    }

    private static String target(Request request) {
        var query = request.uri().getRawQuery();
        return request.uri().getRawPath() + (query == null ? "" : "?" + query);
    }

    private static long lastNumber(String target) {
        var path = target.replaceFirst("\\?.*", "");
        var last = path.substring(path.lastIndexOf('/') + 1);
        return last.chars().allMatch(Character::isDigit) && !last.isEmpty() ? Long.parseLong(last) : 0;
    }

    private static List<String> ids(Map<String, String> parameters) {
        return parameters.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith("InstanceId.")
                        || entry.getKey().startsWith("ResourceId.")
                        || entry.getKey().equals("InstanceId"))
                .map(Map.Entry::getValue)
                .toList();
    }

    private static String filters(Map<String, String> parameters) {
        return parameters.entrySet().stream()
                .filter(entry ->
                        entry.getKey().startsWith("Filter.") && entry.getKey().contains(".Value"))
                .map(Map.Entry::getValue)
                .sorted()
                .toList()
                .toString();
    }

    private static String tag(Map<String, String> parameters, String key) {
        return parameters.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith("TagSpecification.1.Tag.")
                        && entry.getKey().endsWith(".Key")
                        && entry.getValue().equals(key))
                .map(entry -> parameters.getOrDefault(entry.getKey().replaceFirst("Key$", "Value"), ""))
                .findFirst()
                .orElse("");
    }

    private static JsonNode json(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
