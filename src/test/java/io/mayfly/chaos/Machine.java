package io.mayfly.chaos;

import io.mayfly.chaos.Weather.Front;
import io.mayfly.playground.aws.EmulatedInstance;
import io.mayfly.playground.aws.EmulatedInstances;
import io.mayfly.playground.github.EmulatedRunners;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** An instance from within: it boots, claims and starts its runner, and its watchdog (boot.sh) ends it. */
final class Machine {

    private final EmulatedInstance instance;
    private final Flaw flaw;
    private final World world;
    private final Dice dice;
    private final EmulatedInstances instances;
    private final RunnerAssignment jobs;
    private final EmulatedRunners runners;
    private final HostileClaims hostile;
    private final Claiming claiming;
    private final BootUserData userData;
    private boolean alive = true;
    private boolean interrupted;
    private boolean tagsWritten;
    private boolean claimFailed;
    private @Nullable RunnerProcess runner;

    Machine(
            EmulatedInstance instance,
            Flaw flaw,
            World world,
            Dice dice,
            Deployment deployment,
            EmulatedInstances instances,
            EmulatedRunners runners,
            RunnerAssignment jobs,
            ClaimPromises promises,
            HostileClaims hostile) {
        this.instance = instance;
        this.flaw = flaw;
        this.runners = runners;
        this.hostile = hostile;
        this.world = world;
        this.dice = dice;
        this.instances = instances;
        this.jobs = jobs;
        this.userData = new BootUserData(instance);
        this.claiming = new Claiming(
                instance,
                flaw == Flaw.CLOCK_IS_OFF,
                world,
                dice,
                deployment,
                promises,
                () -> alive,
                this::granted,
                this::cannotClaim);
    }

    String id() {
        return instance.id();
    }

    EmulatedInstance instance() {
        return instance;
    }

    Claiming claiming() {
        return claiming;
    }

    /** Of the runner whose configuration it has; 0 for none. */
    long runnerId() {
        return runner == null ? 0 : runner.id();
    }

    Flaw flaw() {
        return flaw;
    }

    boolean isAlive() {
        return alive;
    }

    boolean isIdle() {
        return alive && runner != null && runner.isIdle();
    }

    @Nullable
    Work work() {
        return runner == null ? null : runner.work();
    }

    boolean wasOnline() {
        return runner != null && runner.wasOnline();
    }

    boolean servedJob() {
        return runner != null && runner.servedJob();
    }

    /** Whether its runner has ended. */
    boolean isDone() {
        return runner != null && runner.hasEnded();
    }

    /** Whether it could not serve a job, and that is nobody's fault but its own. */
    boolean isFlawed() {
        return flaw != Flaw.NONE || interrupted || tagsWritten || claimFailed;
    }

    /** Somebody has written on it: what it is and whose can no longer be told from outside. */
    void tagsWritten() {
        tagsWritten = true;
    }

    boolean hasTagsOfOthers() {
        return tagsWritten;
    }

    void start(Duration boot) {
        if (flaw != Flaw.NONE) {
            world.history()
                    .count("fault instance "
                            + flaw.name().toLowerCase(Locale.ROOT).replace('_', ' '));
            tell("flaw " + flaw);
        }
        in(boot, this::boot);
        if (flaw == Flaw.VANISHES) {
            in(dice.seconds(20, 600), this::vanish);
        } else if (instance.market().equals("spot")
                && dice.chance(0.02)
                && !world.weather().isCalm()) {
            in(dice.seconds(30, 1200), this::spotNotice);
        }
    }

    private void boot() {
        if (!alive) {
            return;
        }
        switch (flaw) {
            case DIES_AT_BOOT -> {
                tell("dies at boot");
                off();
            }
            case HANGS_AT_BOOT -> {
                return;
            }
            case NEVER_CLAIMS -> {}
            default -> in(dice.seconds(1, 4), claiming::begin);
        }
        in(userData.timeOut("REGISTER"), () -> {
            if (!wasOnline()) {
                powerOff("not connected");
            }
        });
        in(userData.timeOut("MAX"), () -> powerOff("hard limit"));
    }

    private void granted(long runnerId) {
        tell("has claimed runner-id=" + runnerId);
        var own = new RunnerProcess(runnerId, runners);
        runner = own;
        if (flaw != Flaw.NEVER_CONNECTS) {
            in(dice.seconds(1, 4), () -> connect(own));
        }
    }

    private void cannotClaim(String why) {
        claimFailed = true;
        world.history().count("instances that could not claim");
        powerOff(why);
    }

    private void connect(RunnerProcess own) {
        if (!alive || own.hasEnded()) {
            return;
        }
        if (!own.connect()) {
            tell("finds no registration, runner-id=" + runnerId());
            world.history().count("runners without registration at their start");
            in(dice.seconds(5, 20), () -> powerOff("no registration"));
            return;
        }
        tell("online runner-id=" + runnerId());
        jobs.idle(this);
        if (flaw.idlesOut()) {
            in(userData.timeOut("IDLE"), () -> stopIdle("no job"));
        }
    }

    private void stopIdle(String why) {
        if (runner != null && isIdle()) {
            runner.stop();
            powerOff(why);
        }
    }

    /** GitHub gives it a job. */
    void begins(Work job) {
        process().begins(job);
        tell("runner-id=" + runnerId() + " begins job " + job.id);
        claimAgain(dice.millis(0, 2000));
        claimAgain(dice.minutes(1, 10));
    }

    /** A few of the jobs are hostile, and root. */
    private void claimAgain(Duration in) {
        if (world.weather().strikes(Front.JOBS_ARE_HOSTILE, 0.8, 0.1)) {
            in(in, () -> {
                if (alive && !world.weather().isCalm()) {
                    hostile.again(this);
                }
            });
        }
    }

    private RunnerProcess process() {
        if (runner == null) {
            throw new IllegalStateException(id() + " has no runner");
        }
        return runner;
    }

    /** Its job is over, as GitHub has it. */
    void finished() {
        process().finished();
        claimAgain(dice.millis(0, 1500));
        in(dice.seconds(1, 6), () -> powerOff("runner ended"));
    }

    /** Its registration was deleted while it was idle. */
    void registrationDeleted() {
        if (isIdle()) {
            in(dice.seconds(1, 30), () -> stopIdle("registration deleted"));
        }
    }

    private void spotNotice() {
        if (!alive) {
            return;
        }
        tell("gets a spot interruption");
        world.history().count("fault instance interrupted");
        interrupted = true;
        in(Duration.ofMinutes(2), this::vanish);
        if (flaw != Flaw.HANGS_AT_BOOT && wasOnline()) {
            powerOff("spot interruption");
        }
    }

    /** The watchdog stops the runner, which reports its job as failed. */
    private void powerOff(String why) {
        if (!alive) {
            return;
        }
        var job = work();
        if (job != null) {
            tell("stops its runner: " + why);
            jobs.failed(job);
            return;
        }
        if (runner != null && runner.isOnline()) {
            runner.stop();
        }
        if (flaw == Flaw.POWER_OFF_HANGS) {
            tell("does not power off: " + why);
            return;
        }
        in(dice.seconds(1, 10), this::off);
    }

    private void off() {
        if (alive) {
            instances.shutdown(id());
            ended("powered off");
        }
    }

    /** The hardware is gone, or the spot capacity is. */
    private void vanish() {
        if (alive) {
            instances.terminate(id());
            ended("vanished");
        }
    }

    /** It is off, by itself or by others. GitHub notices after a while that a runner at work is lost. */
    void ended(String how) {
        if (!alive) {
            return;
        }
        alive = false;
        tell("ended: " + how);
        world.history().count("seconds of instances", (int)
                Duration.between(instance.launchedAt(), world.time().instant()).toSeconds());
        if (runner != null) {
            runner.loseConnection();
        }
        var job = work();
        if (job != null) {
            in(dice.minutes(10, 12), () -> jobs.failed(job));
        }
    }

    private void in(Duration time, Runnable action) {
        world.time().in(time, action);
    }

    private void tell(String what) {
        world.history().add("machine " + id() + " " + what);
    }
}
