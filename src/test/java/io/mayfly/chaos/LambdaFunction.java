package io.mayfly.chaos;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * The function of one deployment as Lambda runs it: an environment for each invocation at a time, used again while it
 * is warm, at most so many at once, none longer than 60 s.
 */
final class LambdaFunction {

    private static final int TOO_MANY = 429;
    private static final int FAILED = 502;
    private static final Duration TIME_OUT = Duration.ofSeconds(60);

    private final String deployment;
    private final Map<String, String> variables;
    private final List<Beans.Alternative> alternatives;
    private final int concurrency;
    private final SimulatedTime time;
    private final History history;
    private final Weather weather;
    private final Network network;
    private final Dice dice;
    private final Consumer<Invocation> ended;
    private final Deque<ExecutionEnvironment> idle = new ArrayDeque<>();
    private final List<Invocation> all = new ArrayList<>();
    private int running;
    private int environments;
    private int invocations;

    LambdaFunction(
            String deployment,
            Map<String, String> variables,
            List<Beans.Alternative> alternatives,
            int concurrency,
            SimulatedTime time,
            History history,
            Weather weather,
            Network network,
            Dice dice,
            Consumer<Invocation> ended) {
        this.deployment = deployment;
        this.variables = variables;
        this.alternatives = alternatives;
        this.concurrency = concurrency;
        this.time = time;
        this.history = history;
        this.weather = weather;
        this.network = network;
        this.dice = dice;
        this.ended = ended;
    }

    /** Invokes the function; {@code answered} gets the status and the body, now or later. */
    void invoke(String what, Consumer<ExecutionEnvironment> work, BiConsumer<Integer, String> answered) {
        if (running >= concurrency) {
            history.count("invocations throttled");
            history.add("throttled " + deployment + " " + what);
            answered.accept(TOO_MANY, "");
            return;
        }
        running++;
        invocations++;
        history.count("invocations");
        var environment = environment();
        var killed = weather.strikes(Weather.Front.FUNCTION_IS_KILLED, 0.15, 0.01);
        var invocation = new Invocation(
                environment.name() + "." + invocations + "(" + what + ")", killed ? 1 + dice.below(6) : 0);
        environment.serves(invocation);
        all.add(invocation);
        var fiber = new Fiber(invocation.name(), history, () -> {
            environment.prime();
            invocation.begins(time.instant());
            work.accept(environment);
        });
        invocation.runsOn(fiber, () -> {
            running--;
            answered.accept(FAILED, "");
        });
        time.in(environment.isCold() ? dice.millis(120, 500) : Duration.ZERO, () -> run(environment, answered));
        time.in(TIME_OUT, () -> {
            if (!fiber.hasEnded()) {
                history.add("timed out " + invocation.name());
                history.count("invocations timed out");
                invocation.kill();
            }
        });
    }

    /** All invocations, however they ended. */
    List<Invocation> invocations() {
        return all;
    }

    private void run(ExecutionEnvironment environment, BiConsumer<Integer, String> answered) {
        var invocation = environment.invocation();
        invocation.onEnd(() -> {
            running--;
            environment.serves(null);
            idle.addFirst(environment);
            history.add("answer " + invocation.name() + " " + invocation.status() + " " + invocation.body());
            ended.accept(invocation);
            answered.accept(invocation.status(), invocation.body());
        });
        invocation.resume(invocation.fiber());
    }

    private ExecutionEnvironment environment() {
        while (!idle.isEmpty() && weather.strikes(Weather.Front.FUNCTION_IS_KILLED, 0.1, 0.02)) {
            idle.removeFirst();
        }
        if (!idle.isEmpty()) {
            return idle.removeFirst();
        }
        environments++;
        history.count("cold starts");
        var skew = weather.isCalm() ? Duration.ZERO : dice.millis(-1500, 1500);
        return new ExecutionEnvironment(deployment + "/" + environments, variables, alternatives, network, time, skew);
    }
}
