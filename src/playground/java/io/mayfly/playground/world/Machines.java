package io.mayfly.playground.world;

import io.mayfly.playground.aws.EmulatedInstance;
import io.mayfly.playground.board.Board;
import io.mayfly.playground.board.JobRow;
import io.mayfly.playground.board.Journal;
import io.mayfly.playground.board.Step;
import io.mayfly.playground.github.EmulatedJob;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** What the instances do once they are launched: boot, claim and connect their runner, serve one job, power off. */
public final class Machines {

    private static final Duration REGISTER = Duration.ofMinutes(10);

    /** As everything of an instance's life shorter than the pool's 10 minutes. */
    private static final Duration IDLE = Duration.ofMinutes(1);

    private static final String NO_RUNNER =
            "the instance is emulated, no runner connects: cancel the job, or have another runner take it";

    private final Playground playground;
    private final Board board;
    private final FaultSwitches switches;
    private final WebhookSender webhooks;
    private final Journal journal;
    private final MachineClaim claim;
    private final Pace pace;

    /** How long the parts of a life take. */
    public record Pace(Duration boot, Duration connect, Duration work, Duration powerOff) {

        /** Watchable: a real instance takes 10 to 60 s to boot. */
        public static final Pace WATCHABLE = new Pace(
                Duration.ofMillis(1500), Duration.ofMillis(900), Duration.ofMillis(3000), Duration.ofMillis(1500));

        public Pace times(double factor) {
            return new Pace(of(boot, factor), of(connect, factor), of(work, factor), of(powerOff, factor));
        }

        private static Duration of(Duration time, double factor) {
            return Duration.ofMillis(Math.round(time.toMillis() * factor));
        }
    }

    public Machines(
            Playground playground,
            Board board,
            FaultSwitches switches,
            WebhookSender webhooks,
            Journal journal,
            MachineClaim claim,
            Pace pace) {
        this.playground = playground;
        this.board = board;
        this.switches = switches;
        this.webhooks = webhooks;
        this.journal = journal;
        this.claim = claim;
        this.pace = pace;
    }

    /** From now on instances live as they are launched. */
    public void switchOn() {
        playground.aws().instances().bootTime(pace.boot());
        playground.aws().instances().shutdownTime(Duration.ofMillis(500));
        playground.aws().instances().onLaunch(instance -> Thread.startVirtualThread(() -> live(instance)));
    }

    private void live(EmulatedInstance instance) {
        try {
            long job = Long.parseLong(instance.tags().getOrDefault("mayfly:job", "0"));
            board.change(job, (row, now) -> row.servedBy(instance, ""));
            pause(pace.boot());
            if (switches.take(FaultSwitches.Switch.BOOT_FAILURE)) {
                failBoot(instance, job);
                return;
            }
            board.step(job, Step.Stage.BOOTED, Step.Kind.DONE, "");
            var runner = claim.claim(instance, job, board.now().plus(REGISTER), () -> isLive(instance));
            if (runner.isEmpty()) {
                powerOff(instance);
                return;
            }
            if (playground.isReal()) {
                awaitFunction(instance, job);
                return;
            }
            pause(pace.connect());
            long id = playground
                    .github()
                    .runners()
                    .find(runner.get())
                    .orElseThrow()
                    .id();
            if (!isLive(instance) || !playground.github().runners().connect(id)) {
                board.step(job, Step.Stage.ONLINE, Step.Kind.MISSED, "the runner's registration is gone");
                awaitEnd(instance, REGISTER, "its runner could not connect");
                return;
            }
            board.reached(job, Step.Stage.ONLINE, "online", "");
            serve(instance, id, job);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Nothing runs on an emulated instance that a real GitHub could give a job to: in the end it powers off. */
    private void awaitFunction(EmulatedInstance instance, long job) throws InterruptedException {
        board.change(job, (row, now) -> {
            row.step(Step.Stage.ONLINE, Step.Kind.MISSED, NO_RUNNER, now);
            row.state("up");
        });
        var end = board.now().plus(REGISTER);
        while (isLive(instance) && board.now().isBefore(end) && !isOver(job)) {
            pause(Duration.ofMillis(200));
        }
        awaitEnd(instance, isOver(job) ? IDLE : Duration.ZERO, "no runner has connected");
        board.change(job, (row, now) -> {
            if (!row.state().equals("completed") && !row.ended()) {
                var note = instance.id() + " is gone, and the job is not over";
                row.step(Step.Stage.ENDED, Step.Kind.MISSED, note, now);
                row.state("delayed");
            }
        });
        RealJobs.settle(job, board, playground.aws().instances());
    }

    private boolean isOver(long job) {
        return board.read(job, JobRow::state)
                .filter(state -> state.equals("completed") || state.equals("ended"))
                .isPresent();
    }

    private void failBoot(EmulatedInstance instance, long job) throws InterruptedException {
        playground
                .aws()
                .instances()
                .console(instance.id(), "mayfly: failed: no space left on device\nmayfly: powering off: boot failed\n");
        journal.write(instance.id() + " fails to boot and powers off: its runner never connects");
        board.change(job, (row, now) -> {
            row.step(Step.Stage.BOOTED, Step.Kind.MISSED, "boot.sh failed, the instance powers off", now);
            row.state("delayed");
        });
        pause(pace.powerOff());
        powerOff(instance);
    }

    private void serve(EmulatedInstance instance, long runner, long launchedFor) throws InterruptedException {
        var found = awaitJob(instance, runner, launchedFor);
        if (found.isEmpty()) {
            powerOff(instance);
            playground.github().runners().disconnect(runner);
            return;
        }
        var job = found.get();

        board.change(job.id(), (row, now) -> {
            row.servedBy(
                    instance,
                    playground.github().runners().find(runner).orElseThrow().name());
            row.step(Step.Stage.RUNNING, Step.Kind.DONE, "on " + instance.id(), now);
            row.state("running");
        });
        webhooks.post(job, "in_progress");
        pause(pace.work()
                .multipliedBy(ThreadLocalRandom.current().nextLong(70, 131))
                .dividedBy(100));
        var completed = playground.github().jobs().complete(job.id(), "success");
        board.reached(job.id(), Step.Stage.COMPLETED, "completed", "");
        webhooks.post(completed, "completed");
        awaitEnd(instance, pace.powerOff(), "");
        var by = ended(instance).startsWith("Client.UserInitiated") ? "terminated by the function" : "powered off";
        board.reached(job.id(), Step.Stage.ENDED, "ended", instance.id() + " " + by);
    }

    private Optional<EmulatedJob> awaitJob(EmulatedInstance instance, long runner, long launchedFor)
            throws InterruptedException {
        var jobs = playground.github().jobs();
        if (switches.take(FaultSwitches.Switch.STEAL)) {
            var thief = jobs.queue(Playground.REPOSITORY, Playground.LABELS).named("another's job");
            board.add(JobRow.of(thief, board.now()));
            board.step(thief.id(), Step.Stage.DELIVERED, Step.Kind.CACHED, "no event was needed: it takes a runner");
            journal.write("The runner launched for job " + launchedFor + " is given to job " + thief.id());
            board.change(launchedFor, (row, now) -> {
                row.step(Step.Stage.RUNNING, Step.Kind.MISSED, "its runner was given to job " + thief.id(), now);
                row.state("delayed");
            });
            return Optional.of(jobs.assign(thief.id(), runner));
        }
        var end = board.now().plus(IDLE);
        while (isLive(instance) && board.now().isBefore(end)) {
            var job = jobs.assign(runner);
            if (job.isPresent()) {
                return job;
            }
            pause(Duration.ofMillis(500));
        }
        return Optional.empty();
    }

    /** The instance ends itself after a time, if nobody ends it before. */
    private void awaitEnd(EmulatedInstance instance, Duration longest, String why) throws InterruptedException {
        var end = board.now().plus(longest);
        while (isLive(instance) && board.now().isBefore(end)) {
            pause(Duration.ofMillis(50));
        }
        if (isLive(instance)) {
            if (!why.isEmpty()) {
                journal.write(instance.id() + " powers off: " + why);
            }
            powerOff(instance);
        }
    }

    private void powerOff(EmulatedInstance instance) {
        if (isLive(instance)) {
            playground.aws().instances().shutdown(instance.id());
            board.touch();
        }
    }

    private boolean isLive(EmulatedInstance instance) {
        return playground
                .aws()
                .instances()
                .find(instance.id())
                .map(EmulatedInstance::live)
                .orElse(false);
    }

    private String ended(EmulatedInstance instance) {
        return playground
                .aws()
                .instances()
                .find(instance.id())
                .map(EmulatedInstance::reason)
                .orElse("");
    }

    private static void pause(Duration time) throws InterruptedException {
        Thread.sleep(time);
    }
}
