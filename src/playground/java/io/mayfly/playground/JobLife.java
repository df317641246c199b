package io.mayfly.playground;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Function;

/** Leads one job through its whole life, with the pauses that make it watchable. */
final class JobLife {

    private static final Duration BOOT = Duration.ofSeconds(2);
    private static final Duration WORK = Duration.ofSeconds(3);

    private final Playground playground;
    private final Function<FunctionUrlEvent, FunctionAnswer> function;
    private final Consumer<String> narrator;

    JobLife(Playground playground, Function<FunctionUrlEvent, FunctionAnswer> function, Consumer<String> narrator) {
        this.playground = playground;
        this.function = function;
        this.narrator = narrator;
    }

    /** Whether the job was served to its end. */
    boolean live() throws InterruptedException {
        var job = playground.queueJob();
        narrator.accept("job " + job.id() + " is queued in " + job.repository() + ", runs-on " + job.labels());
        var launched = deliver(job, "queued");
        if (launched.status() != 201) {
            narrator.accept("no instance was launched for it");
            return false;
        }
        var instance = launched.field("instanceId");
        Thread.sleep(BOOT);
        var runner =
                playground.github().runners().find(launched.field("runner")).orElseThrow();
        playground.github().runners().connect(runner.id());
        var served = playground.github().jobs().assign(runner.id());
        if (served.isEmpty()) {
            narrator.accept(runner.name() + " is online and finds no job: another runner took it");
            return false;
        }
        playground.github().runners().begin(runner.id());
        narrator.accept(
                runner.name() + " is online and takes job " + served.get().id());
        deliver(served.get(), "in_progress");
        Thread.sleep(WORK);
        playground.github().runners().finish(runner.id());
        playground.github().jobs().complete(served.get().id(), "success");
        deliver(served.get(), "completed");
        var state = playground.aws().instances().state(instance);
        narrator.accept(instance + " is " + state.text());
        return !playground.aws().instances().find(instance).orElseThrow().live();
    }

    private FunctionAnswer deliver(Job job, String action) {
        var answer = function.apply(playground.delivery(job.id(), action));
        narrator.accept(action + " -> " + answer);
        return answer;
    }
}
