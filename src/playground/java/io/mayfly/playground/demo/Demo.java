package io.mayfly.playground.demo;

import io.mayfly.playground.aws.EmulatedInstance;
import io.mayfly.playground.github.EmulatedJob;
import io.mayfly.playground.github.EmulatedRunner;
import io.mayfly.playground.host.FunctionAnswer;
import io.mayfly.playground.host.FunctionProcess;
import io.mayfly.playground.world.Playground;
import io.mayfly.playground.world.SignedWebhook;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * One job's whole life against the packaged function, told step by step. Ends with 0 when every step was as it should be,
 * else with 1 and what was expected.
 */
final class Demo {

    private final Playground playground;
    private final FunctionProcess function;
    private int step;

    private Demo(Playground playground, FunctionProcess function) {
        this.playground = playground;
        this.function = function;
    }

    /** The arguments are {@code function.zip} and the file for the function's log. */
    public static void main(String[] arguments) throws IOException {
        var zip = Path.of(arguments[0]);
        var log = Path.of(arguments[1]);
        Files.deleteIfExists(log);
        try (var playground = Playground.start();
                var function = FunctionProcess.start(zip, playground.environment(), log, List.of())) {
            new Demo(playground, function).tell();
            System.out.printf("%nThe job had its machine, and the machine is gone. The function's log: %s%n", log);
        } catch (Deviation | IllegalStateException e) {
            System.err.printf("%nNot as it should be: %s%nThe function's log: %s%n", e.getMessage(), log);
            System.exit(1);
        }
        System.exit(0);
    }

    private void tell() {
        say("GitHub and AWS are emulated at " + playground.github().url() + " and "
                + playground.aws().url() + "; the packaged function runs as Lambda would run it.");
        refuseForgery();
        var job = playground.queueJob();
        say("A workflow queues job " + job.id() + " in " + job.repository() + ", runs-on: " + job.labels());
        var instance = launch(job);
        var runner = connect(job, instance);
        say("The runner has finished the job; GitHub removes its registration and posts completed");
        playground.github().runners().finish(runner.id());
        playground.github().jobs().complete(job.id(), "success");
        expect(
                deliver(job, "completed"),
                200,
                "{\"outcome\":\"terminated\",\"instanceIds\":[\"" + instance.id() + "\"]}");
        var state = playground.aws().instances().state(instance.id()).text();
        check("state of " + instance.id(), "terminated", state);
        check("live instances", 0, playground.aws().instances().live().size());
        check(
                "registered runners",
                0,
                playground.github().runners().registered().size());
        System.out.println("   " + instance.id() + " is " + state + "; no instance runs, no runner is registered");
    }

    private void refuseForgery() {
        say("Somebody without the secret posts a queued job");
        var payload = "{\"action\":\"queued\"}".getBytes(StandardCharsets.UTF_8);
        var forged = SignedWebhook.of("workflow_job", payload, "guessed");
        var answer = FunctionAnswer.of(function.invoke(forged.json(Instant.now())));
        System.out.println("   -> " + answer);
        expect(answer, 401, "{\"error\":\"signature is wrong\"}");
    }

    private EmulatedInstance launch(EmulatedJob job) {
        playground.log().clear();
        var answer = deliver(job, "queued");
        var live = playground.aws().instances().live();
        check("live instances", 1, live.size());
        var instance = live.getFirst();
        var runner = "mayfly-" + job.id() + "-1";
        expect(
                answer,
                201,
                "{\"outcome\":\"launched\",\"instanceId\":\"" + instance.id() + "\",\"runner\":\"" + runner
                        + "\",\"pool\":\"" + Playground.POOL + "\"}");
        System.out.println("   remote calls: "
                + playground.log().calls().stream()
                        .map(call -> call.service() + " " + call.name())
                        .collect(Collectors.joining(", ")));
        System.out.printf(
                "   %s is %s, a %s in %s, %s%n",
                instance.id(),
                playground.aws().instances().state(instance.id()).text(),
                instance.type(),
                instance.subnet(),
                instance.market());
        instance.tags().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(tag -> System.out.printf("     %-20s %s%n", tag.getKey(), tag.getValue()));
        check("tag mayfly:job", Long.toString(job.id()), instance.tags().getOrDefault("mayfly:job", "none"));
        check("tag mayfly:runner", runner, instance.tags().getOrDefault("mayfly:runner", "none"));
        check("JIT configuration in the user data", true, instance.userData().contains("MAYFLY_JIT_CONFIG='"));
        say("GitHub delivers the same queued again: still one instance");
        check("outcome", "already-launched", deliver(job, "queued").field("outcome"));
        check("live instances", 1, playground.aws().instances().live().size());
        return instance;
    }

    private EmulatedRunner connect(EmulatedJob job, EmulatedInstance instance) {
        say("The instance boots, its runner connects and takes the job; GitHub posts in_progress");
        var id = Long.parseLong(Objects.requireNonNull(instance.tags().get("mayfly:runner-id")));
        var runners = playground.github().runners();
        check("the runner may connect", true, runners.connect(id));
        playground.github().jobs().assign(job.id(), id);
        runners.begin(id);
        check("outcome", "ignored", deliver(job, "in_progress").field("outcome"));
        return runners.find(id).orElseThrow();
    }

    private FunctionAnswer deliver(EmulatedJob job, String action) {
        var begin = System.nanoTime();
        var answer = FunctionAnswer.of(
                function.invoke(playground.delivery(job.id(), action).json(Instant.now())));
        System.out.printf("   %s -> %s (%d ms)%n", action, answer, (System.nanoTime() - begin) / 1_000_000);
        return answer;
    }

    private void say(String what) {
        System.out.printf("%n%d. %s%n", ++step, what);
    }

    private static void expect(FunctionAnswer answer, int status, String body) {
        check("answer", status + " " + body, answer.toString());
    }

    private static void check(String what, Object expected, Object actual) {
        if (!expected.equals(actual)) {
            throw new Deviation(what + ": expected " + expected + ", got " + actual);
        }
    }

    private static final class Deviation extends RuntimeException {
        Deviation(String message) {
            super(message);
        }
    }
}
