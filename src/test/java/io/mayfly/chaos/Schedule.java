package io.mayfly.chaos;

import io.mayfly.chaos.Weather.Front;
import io.mayfly.playground.aws.AwsEmulator;
import io.mayfly.playground.aws.Capacity.Choice;
import java.time.Duration;
import java.time.Instant;

/** What comes again and again: the weather, impostors, and the sweep of each deployment. */
final class Schedule {

    private static final String NO_CAPACITY = "InsufficientInstanceCapacity";

    private final World world;
    private final Dice dice;
    private final AwsEmulator aws;
    private final LaunchedMachines machines;
    private final People people;
    private final HostileClaims hostile;

    Schedule(World world, AwsEmulator aws, LaunchedMachines machines, People people, HostileClaims hostile) {
        this.world = world;
        this.dice = world.dice("scheduler");
        this.aws = aws;
        this.machines = machines;
        this.people = people;
        this.hostile = hostile;
    }

    void planWeather() {
        var weather = world.weather();
        weather.change();
        aws.capacity().restore();
        if (weather.has(Front.EC2_HAS_NO_ROOM)) {
            aws.capacity().refuse(Choice.ANY, NO_CAPACITY);
        } else if (weather.has(Front.EC2_HAS_LITTLE_ROOM)) {
            aws.capacity().refuse(Choice.ANY.ofType("c7i.xlarge"), NO_CAPACITY);
            aws.capacity()
                    .refuse(Choice.ANY.onMarket("spot").inSubnet("subnet-0b0b0b0b"), "MaxSpotInstanceCountExceeded");
            aws.capacity().room(Choice.ANY.onMarket("spot"), dice.between(1, 4));
        }
        if (weather.has(Front.EC2_ZONE_IS_SICK)) {
            var code = dice.pick(ZonePromises.CODES);
            world.history().add("zone refuses launches with " + code);
            aws.capacity().refuse(Choice.ANY.inSubnet(Weather.SICK_SUBNET), code);
        }
        if (!weather.isCalm()) {
            world.time().in(dice.minutes(3, 9), () -> {
                if (!weather.isCalm()) {
                    planWeather();
                }
            });
        }
    }

    void planImpostor() {
        world.time().in(dice.minutes(2, 8), () -> {
            if (world.weather().isCalm()) {
                return;
            }
            var busy = machines.busy();
            if (!busy.isEmpty()) {
                people.impersonate(dice.pick(busy));
            }
            planImpostor();
        });
    }

    /** A job that is root on its instance claims for another now and then: for one that boots, where there is one. */
    void planClaimsForOthers() {
        world.time().in(dice.seconds(15, 90), () -> {
            if (world.weather().isCalm()) {
                return;
            }
            var busy = machines.busy();
            var others = machines.alive().stream()
                    .filter(machine -> machine.runnerId() == 0)
                    .toList();
            if (!busy.isEmpty()) {
                hostile.forAnother(dice.pick(busy), dice.pick(others.isEmpty() ? busy : others));
            }
            planClaimsForOthers();
        });
    }

    /** The webhook's secret is rotated now and then: the function knows the new one before GitHub uses it. */
    void planRotation(Deployment deployment) {
        world.time().in(dice.minutes(8, 25), () -> {
            if (world.weather().isCalm()) {
                return;
            }
            var path = "/mayfly/" + deployment.name() + "/";
            var secret = "secret " + dice.below(1000) + " of " + deployment.name();
            world.history().count("fault secret rotated");
            world.history().add("secret of " + deployment.name() + " rotated");
            aws.parameters().put(path + "github-previous-webhook-secret", deployment.secret());
            aws.parameters().put(path + "github-webhook-secret", secret);
            world.time().in(dice.seconds(20, 90), () -> deployment.secret(secret));
            planRotation(deployment);
        });
    }

    /** Somebody writes on an instance of ours now and then. */
    void planTags(HostileTags tags) {
        world.time().in(dice.minutes(3, 9), () -> {
            if (world.weather().isCalm()) {
                return;
            }
            var alive = machines.alive();
            if (!alive.isEmpty()) {
                tags.write(dice.pick(alive));
            }
            planTags(tags);
        });
    }

    /** Somebody gives one of the repositories another name. */
    void planRename() {
        world.time().in(dice.minutes(3, 10), people::rename);
    }

    /** The first sweep comes within a minute. */
    void planSweep(Deployment deployment) {
        planSweep(deployment, dice.seconds(0, 60));
    }

    private void planSweep(Deployment deployment, Duration in) {
        world.time().in(in, () -> {
            planSweep(deployment, Duration.ofMinutes(1));
            if (world.weather().strikes(Front.FUNCTION_IS_KILLED, 0.1, 0.02)) {
                world.history().count("fault sweep not invoked");
                return;
            }
            var scheduled = world.time().instant();
            if (world.weather().strikes(Front.FUNCTION_IS_KILLED, 0.15, 0.05)) {
                world.history().count("fault sweep late");
                world.time().in(dice.seconds(16, 70), () -> sweep(deployment, scheduled));
                return;
            }
            sweep(deployment, scheduled);
            if (world.weather().strikes(Front.FUNCTION_IS_KILLED, 0.1, 0.03)) {
                world.history().count("fault sweep invoked twice");
                world.time().in(dice.millis(0, 3000), () -> sweep(deployment, scheduled));
            }
        });
    }

    /** An asynchronous invocation: what is throttled is tried again until it is a minute old. */
    private void sweep(Deployment deployment, Instant scheduled) {
        world.history().count("sweeps");
        deployment.function().invoke("sweep", environment -> environment.sweep(scheduled), (status, body) -> {
            world.history().count("sweep answers " + status);
            if (status == 429 && world.time().instant().isBefore(scheduled.plusSeconds(60))) {
                world.time().in(dice.seconds(1, 10), () -> sweep(deployment, scheduled));
            }
        });
    }
}
