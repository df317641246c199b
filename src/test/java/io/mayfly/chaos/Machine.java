package io.mayfly.chaos;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mayfly.playground.aws.EmulatedInstance;
import io.mayfly.playground.aws.EmulatedInstances;
import io.mayfly.playground.github.EmulatedRunners;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** An instance from within: it boots, its runner connects and serves one job, its watchdog (boot.sh) ends it. */
final class Machine {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Pattern JIT_CONFIG = Pattern.compile("MAYFLY_JIT_CONFIG='([^']+)'");

    /** What goes wrong with it. */
    enum Flaw {
        NONE,
        DIES_AT_BOOT,
        NEVER_CONNECTS,
        /** And nothing ends it from within. */
        HANGS_AT_BOOT,
        /** It is online, and takes no job it is given. */
        TAKES_NO_JOB,
        /** The same, and nothing ends it from within. */
        TAKES_NO_JOB_AND_STAYS,
        POWER_OFF_HANGS,
        /** It serves a job like others, whenever one comes. */
        NEVER_IDLES_OUT,
        /** It is gone in the middle of its life. */
        VANISHES
    }

    private final EmulatedInstance instance;
    private final Flaw flaw;
    private final SimulatedTime time;
    private final Dice dice;
    private final History history;
    private final EmulatedInstances instances;
    private final EmulatedRunners runners;
    private final GitHubWorld github;
    private final long runnerId;
    private boolean alive = true;
    private boolean online;
    private boolean runnerEnded;
    private boolean servedJob;
    private boolean interrupted;
    private @Nullable Work work;

    Machine(
            EmulatedInstance instance,
            Flaw flaw,
            SimulatedTime time,
            Dice dice,
            History history,
            EmulatedInstances instances,
            EmulatedRunners runners,
            GitHubWorld github) {
        this.instance = instance;
        this.flaw = flaw;
        this.time = time;
        this.dice = dice;
        this.history = history;
        this.instances = instances;
        this.runners = runners;
        this.github = github;
        this.runnerId = runnerId(instance.userData());
    }

    /** The runner's id in the JIT configuration of user data, as the runner itself reads it. */
    static long runnerId(String userData) {
        var config = JIT_CONFIG.matcher(userData);
        if (!config.find()) {
            throw new IllegalStateException("no JIT configuration in the user data");
        }
        try {
            var files = MAPPER.readTree(decode(config.group(1)));
            return MAPPER.readTree(decode(files.path(".runner").asText()))
                    .path("AgentId")
                    .asLong();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String decode(String base64) {
        return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
    }

    private Duration seconds(String variable) {
        var value =
                Pattern.compile("MAYFLY_" + variable + "_SECONDS='?([0-9]+)").matcher(instance.userData());
        if (!value.find()) {
            throw new IllegalStateException("no " + variable + " in the user data");
        }
        return Duration.ofSeconds(Long.parseLong(value.group(1)));
    }

    String id() {
        return instance.id();
    }

    EmulatedInstance instance() {
        return instance;
    }

    long runnerId() {
        return runnerId;
    }

    Flaw flaw() {
        return flaw;
    }

    boolean isAlive() {
        return alive;
    }

    boolean isIdle() {
        return alive && online && work == null && !runnerEnded;
    }

    @Nullable
    Work work() {
        return work;
    }

    boolean wasOnline() {
        return online || runnerEnded;
    }

    boolean servedJob() {
        return servedJob;
    }

    /** Whether it could not serve a job, and that is nobody's fault but its own. */
    boolean isFlawed() {
        return flaw != Flaw.NONE || interrupted;
    }

    boolean takesNoJob() {
        return flaw == Flaw.TAKES_NO_JOB || flaw == Flaw.TAKES_NO_JOB_AND_STAYS;
    }

    void start() {
        if (flaw != Flaw.NONE) {
            history.count("fault instance "
                    + flaw.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' '));
            history.add("machine " + id() + " flaw " + flaw);
        }
        var slow = dice.chance(flaw == Flaw.NONE ? 0.01 : 0.1);
        var boot = slow ? dice.seconds(90, 240) : dice.seconds(12, 60);
        time.in(boot, this::boot);
        if (flaw == Flaw.VANISHES) {
            time.in(dice.seconds(20, 600), this::vanish);
        } else if (instance.market().equals("spot") && dice.chance(0.02) && !github.isCalm()) {
            time.in(dice.seconds(30, 1200), this::spotNotice);
        }
    }

    private void boot() {
        if (!alive) {
            return;
        }
        switch (flaw) {
            case DIES_AT_BOOT -> {
                history.add("machine " + id() + " dies at boot");
                off();
            }
            case HANGS_AT_BOOT -> {
                return;
            }
            case NEVER_CONNECTS -> {}
            default -> time.in(dice.seconds(2, 8), this::connect);
        }
        time.in(seconds("REGISTER"), () -> {
            if (!wasOnline()) {
                powerOff("not connected");
            }
        });
        time.in(seconds("MAX"), () -> powerOff("hard limit"));
    }

    private void connect() {
        if (!alive || runnerEnded) {
            return;
        }
        if (github.hasSession(this)) {
            history.add("machine " + id() + " finds its runner connected by another");
            return;
        }
        if (!runners.connect(runnerId)) {
            history.add("machine " + id() + " finds no registration, runner-id=" + runnerId);
            history.count("runners without registration at their start");
            runnerEnded = true;
            time.in(dice.seconds(5, 20), () -> powerOff("no registration"));
            return;
        }
        online = true;
        history.add("machine " + id() + " online runner-id=" + runnerId);
        github.idle(this);
        if (flaw != Flaw.TAKES_NO_JOB_AND_STAYS && flaw != Flaw.NEVER_IDLES_OUT) {
            time.in(seconds("IDLE"), this::idleTimeOut);
        }
    }

    private void idleTimeOut() {
        if (isIdle()) {
            stopRunner();
            powerOff("no job");
        }
    }

    /** GitHub gives it a job. */
    void begins(Work job) {
        work = job;
        servedJob = true;
        history.add("machine " + id() + " runner-id=" + runnerId + " begins job " + job.id);
    }

    /** Its job is over, as GitHub has it: an ephemeral runner ends. */
    void finished() {
        work = null;
        online = false;
        runnerEnded = true;
        time.in(dice.seconds(1, 6), () -> powerOff("runner ended"));
    }

    /** Its registration was deleted while it was idle. */
    void registrationDeleted() {
        if (isIdle()) {
            time.in(dice.seconds(1, 30), () -> {
                if (isIdle()) {
                    stopRunner();
                    powerOff("registration deleted");
                }
            });
        }
    }

    private void stopRunner() {
        online = false;
        runnerEnded = true;
        runners.disconnect(runnerId);
    }

    private void spotNotice() {
        if (!alive) {
            return;
        }
        history.add("machine " + id() + " gets a spot interruption");
        history.count("fault instance interrupted");
        interrupted = true;
        time.in(Duration.ofMinutes(2), this::vanish);
        if (flaw != Flaw.HANGS_AT_BOOT && wasOnline()) {
            powerOff("spot interruption");
        }
    }

    /** The watchdog stops the runner, which reports its job as failed. */
    private void powerOff(String why) {
        if (!alive) {
            return;
        }
        var job = work;
        if (job != null) {
            history.add("machine " + id() + " stops its runner: " + why);
            github.over(job, "failure");
            return;
        }
        if (online) {
            stopRunner();
        }
        if (flaw == Flaw.POWER_OFF_HANGS) {
            history.add("machine " + id() + " does not power off: " + why);
            return;
        }
        time.in(dice.seconds(1, 10), this::off);
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
        history.add("machine " + id() + " ended: " + how);
        if (online) {
            runners.disconnect(runnerId);
            online = false;
        }
        var job = work;
        if (job != null) {
            time.in(dice.minutes(10, 12), () -> github.over(job, "failure"));
        }
    }
}
