package io.mayfly.playground.demo;

import io.mayfly.playground.aws.EmulatedInstance;
import io.mayfly.playground.github.EmulatedJob;
import io.mayfly.playground.github.EmulatedRunner;
import io.mayfly.playground.host.FunctionAnswer;
import io.mayfly.playground.host.FunctionProcess;
import io.mayfly.playground.world.Playground;
import io.mayfly.playground.world.SignedClaim;
import io.mayfly.playground.world.SignedWebhook;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
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
        var runner = connect(job, claim(instance));
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
        expect(
                answer,
                201,
                "{\"outcome\":\"launched\",\"instanceId\":\"" + instance.id() + "\",\"runner\":\"" + runnerOf(instance)
                        + "\",\"pool\":\"" + Playground.POOL + "\"}");
        tellCalls();
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
        check(
                "ticket in the user data",
                true,
                instance.variable("MAYFLY_TICKET").isPresent());
        check(
                "registered runners",
                0,
                playground.github().runners().registered().size());
        say("GitHub delivers the same queued again: still one instance");
        check("outcome", "already-launched", deliver(job, "queued").field("outcome"));
        check("live instances", 1, playground.aws().instances().live().size());
        return instance;
    }

    private EmulatedRunner claim(EmulatedInstance instance) {
        say(
                "The instance boots and claims its runner: with the ticket of its user data, and signed with its own identity");
        playground.log().clear();
        var answer = send(instance);
        check("status", 200, answer.status());
        check("runner", runnerOf(instance), answer.field("runner"));
        System.out.println("   claim -> 200, runner " + answer.field("runner") + ", a JIT configuration of "
                + answer.field("jit").length() + " characters");
        tellCalls();
        var runner = playground.github().runners().find(answer.field("runner")).orElseThrow();
        var tags =
                playground.aws().instances().find(instance.id()).orElseThrow().tags();
        check("tag mayfly:runner-id", Long.toString(runner.id()), tags.getOrDefault("mayfly:runner-id", "none"));
        say("Whoever has become root there claims once more: there is no second configuration");
        var again = send(instance);
        System.out.println("   claim -> " + again);
        expect(again, 403, "{\"error\":\"claimed already\"}");
        return runner;
    }

    private FunctionAnswer send(EmulatedInstance instance) {
        var claim = SignedClaim.of(instance, Instant.now(), Playground.REGION);
        return FunctionAnswer.of(function.invoke(claim.event().json(Instant.now())));
    }

    private static String runnerOf(EmulatedInstance instance) {
        return "mayfly-" + instance.id();
    }

    private void tellCalls() {
        System.out.println("   remote calls: "
                + playground.log().calls().stream()
                        .map(call -> call.service() + " " + call.name())
                        .collect(Collectors.joining(", ")));
    }

    private EmulatedRunner connect(EmulatedJob job, EmulatedRunner runner) {
        say("The runner connects and takes the job; GitHub posts in_progress");
        var runners = playground.github().runners();
        check("the runner may connect", true, runners.connect(runner.id()));
        playground.github().jobs().assign(job.id(), runner.id());
        runners.begin(runner.id());
        check("outcome", "ignored", deliver(job, "in_progress").field("outcome"));
        return runners.find(runner.id()).orElseThrow();
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
