package io.mayfly.chaos;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
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

    private final Deployment deployment;
    private final int concurrency;
    private final List<Beans.Alternative> alternatives;
    private final World world;
    private final Network network;
    private final Dice dice;
    private final Listener listener;
    private final Deque<ExecutionEnvironment> idle = new ArrayDeque<>();
    private int running;
    private int environments;
    private int invocations;

    /** Is told of what the function has answered. */
    interface Listener {
        void answered(Invocation invocation);
    }

    /**
     * @param concurrency so many invocations at once
     * @param alternatives beans in the place of the right ones
     */
    LambdaFunction(
            Deployment deployment,
            int concurrency,
            List<Beans.Alternative> alternatives,
            World world,
            Network network,
            Listener listener) {
        this.deployment = deployment;
        this.concurrency = concurrency;
        this.alternatives = alternatives;
        this.world = world;
        this.network = network;
        this.dice = world.dice("lambda " + deployment.name());
        this.listener = listener;
    }

    /** Invokes the function; {@code answered} gets the status and the body, now or later. */
    void invoke(String what, Consumer<ExecutionEnvironment> work, BiConsumer<Integer, String> answered) {
        if (running >= concurrency) {
            world.history().count("invocations throttled");
            world.history().add("throttled " + deployment.name() + " " + what);
            answered.accept(TOO_MANY, "");
            return;
        }
        running++;
        invocations++;
        world.history().count("invocations");
        var environment = environment();
        var killed = world.weather().strikes(Weather.Front.FUNCTION_IS_KILLED, 0.15, 0.01)
                || (what.equals("queue") && deployment.queue() == QueueFate.KILLS_CONSUMERS);
        var invocation = new Invocation(
                environment.name() + "." + invocations + "(" + what + ")", killed ? 1 + dice.below(6) : 0);
        environment.serves(invocation);
        var fiber = new Fiber(invocation.name(), world.history(), () -> {
            environment.prime();
            invocation.begins(world.time().instant());
            work.accept(environment);
        });
        invocation.runsOn(fiber, () -> {
            running--;
            answered.accept(FAILED, "");
        });
        world.time().in(environment.isCold() ? dice.millis(120, 500) : Duration.ZERO, () -> run(environment, answered));
        world.time().in(TIME_OUT, () -> {
            if (!fiber.hasEnded()) {
                world.history().add("timed out " + invocation.name());
                world.history().count("invocations timed out");
                invocation.kill();
            }
        });
    }

    /** How many there were, however they ended. */
    int invocations() {
        return invocations;
    }

    private void run(ExecutionEnvironment environment, BiConsumer<Integer, String> answered) {
        var invocation = environment.invocation();
        invocation.onEnd(() -> {
            running--;
            environment.serves(null);
            idle.addFirst(environment);
            world.history().add("answer " + invocation.name() + " " + invocation.status() + " " + invocation.body());
            listener.answered(invocation);
            answered.accept(invocation.status(), invocation.body());
        });
        invocation.resume(invocation.fiber());
    }

    private ExecutionEnvironment environment() {
        while (!idle.isEmpty() && world.weather().strikes(Weather.Front.FUNCTION_IS_KILLED, 0.1, 0.02)) {
            idle.removeFirst();
        }
        if (!idle.isEmpty()) {
            return idle.removeFirst();
        }
        environments++;
        world.history().count("cold starts");
        var skew = world.weather().isCalm() ? Duration.ZERO : dice.millis(-1500, 1500);
        return new ExecutionEnvironment(deployment, environments, alternatives, network, world.time(), skew);
    }
}
