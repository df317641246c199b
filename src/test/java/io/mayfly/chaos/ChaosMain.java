package io.mayfly.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * {@code make chaos}: the fixed seeds, the burst and the mutants. {@code CHAOS_SEED} is one seed, {@code CHAOS_SEEDS} so
 * many from {@code CHAOS_FROM} on, {@code CHAOS_MINUTES} random ones until the time is over; {@code CHAOS_SCENARIO} is
 * storm unless it is set. {@code CHAOS_BURSTS} is so many bursts of {@code CHAOS_JOBS} (256) jobs, whose run is cancelled after
 * {@code CHAOS_CANCELLED} seconds, if that is set, with {@code CHAOS_APPS} (1) apps and a function of {@code CHAOS_CONCURRENCY} (40).
 */
final class ChaosMain {

    private static final long STEP = 1_000_003;

    private final ExecutorService workers =
            Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
    private final Map<String, Integer> figures = new TreeMap<>();
    private Duration simulated = Duration.ZERO;
    private int simulations;
    private int violations;
    private int uncaught;

    private ChaosMain() {}

    public static void main(String[] arguments) throws Exception {
        ApplicationLog.silence();
        System.exit(new ChaosMain().run() ? 0 : 1);
    }

    private boolean run() throws Exception {
        var began = System.nanoTime();
        var scenario = scenario();
        if (variable("CHAOS_SEED") != null) {
            one(number("CHAOS_SEED", 1), scenario);
        } else if (variable("CHAOS_MINUTES") != null) {
            until(began + Duration.ofMinutes(number("CHAOS_MINUTES", 1)).toNanos(), scenario);
        } else if (variable("CHAOS_BURSTS") != null) {
            bursts((int) number("CHAOS_BURSTS", 1), matrix());
        } else if (variable("CHAOS_SEEDS") != null) {
            seeds(scenario, number("CHAOS_FROM", 1), (int) number("CHAOS_SEEDS", 1));
        } else if (variable("CHAOS_MUTANT") != null) {
            mutants(String.valueOf(variable("CHAOS_MUTANT")));
        } else {
            seeds(Scenario.STORM, 1, 2);
            seeds(Scenario.SQUALL, 1, 1);
            seeds(Scenario.GALE, 1, 1);
            seeds(Scenario.LULL, 1, 1);
            seeds(Scenario.BREEZE, 1, 1);
            seeds(Scenario.DRIZZLE, 1, 1);
            seeds(Scenario.SURGE, 1, 1);
            seeds(Scenario.SIEGE, 1, 1);
            seeds(Scenario.DROUGHT, 1, 1);
            for (var matrix : List.of(Matrix.of(20), Matrix.of(256).with(2), Matrix.of(1000))) {
                bursts(1, matrix);
            }
            bursts(1, new Matrix(256, Duration.ofSeconds(15), 1, Matrix.CONCURRENCY));
            mutants("");
        }
        workers.shutdown();
        summary(Duration.ofNanos(System.nanoTime() - began));
        return violations == 0 && uncaught == 0;
    }

    private void seeds(Scenario scenario, long from, int count) throws ExecutionException, InterruptedException {
        var results = new ArrayList<Future<Result>>();
        for (var seed = from; seed < from + count; seed++) {
            results.add(workers.submit(simulation(seed, scenario)));
        }
        for (var result : results) {
            add(result.get());
        }
    }

    private void until(long end, Scenario scenario) throws ExecutionException, InterruptedException {
        var seed = Math.floorMod(System.currentTimeMillis(), 1_000_000_000L);
        while (System.nanoTime() < end) {
            var results = new ArrayList<Future<Result>>();
            for (var i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
                seed += STEP;
                results.add(workers.submit(simulation(seed, scenario)));
            }
            for (var result : results) {
                add(result.get());
            }
        }
    }

    private void one(long seed, Scenario scenario) throws IOException {
        ApplicationLog.intoHistory();
        var result = new Simulation(seed, scenario, queue()).run();
        var file = Files.createDirectories(Path.of("target", "chaos")).resolve(scenario.name() + "-" + seed + ".log");
        Files.write(file, result.history().lines());
        add(result);
        print("all that happened: " + file);
    }

    /** How long it takes depends on when the next sweep comes: each seed has another moment. */
    private void bursts(int count, Matrix matrix) throws ExecutionException, InterruptedException {
        var results = new ArrayList<Future<Result>>();
        for (var seed = 1; seed <= count; seed++) {
            results.add(workers.submit(simulation(seed, Scenario.BURST.with(matrix))));
        }
        var bursts = new ArrayList<Burst>();
        for (var result : results) {
            add(result.get());
            var burst = Burst.of(result.get(), queue());
            bursts.add(burst);
            print("  " + burst);
            if (!burst.isGood()) {
                violations++;
            }
        }
        print(
                "of %d bursts, median and worst: launched after %s s, claimed after %s s, %s launches, %s calls, %s and %s instance-minutes"
                        .formatted(
                                count,
                                spread(bursts, burst -> burst.launched().toMillis() / 1000.0),
                                spread(bursts, burst -> burst.claimed().toMillis() / 1000.0),
                                spread(bursts, Burst::launches),
                                spread(bursts, Burst::calls),
                                spread(bursts, burst -> burst.waiting().toSeconds() / 60.0),
                                spread(bursts, burst -> burst.instances().toSeconds() / 60.0)));
    }

    private static String spread(List<Burst> bursts, ToDoubleFunction<Burst> figure) {
        var figures = bursts.stream().mapToDouble(figure).sorted().toArray();
        return String.format(Locale.ROOT, "%.1f (%.1f)", figures[figures.length / 2], figures[figures.length - 1]);
    }

    private void mutants(String word) throws ExecutionException, InterruptedException {
        var caught = new ArrayList<Future<Caught>>();
        for (var mutant : Mutants.all()) {
            if (mutant.name().contains(word)) {
                caught.add(workers.submit(() -> Caught.search(mutant)));
            }
        }
        print("");
        print("mutants:");
        for (var mutant : caught) {
            print("  " + mutant.get());
            if (!mutant.get().isCaught()) {
                uncaught++;
            }
        }
    }

    private static Callable<Result> simulation(long seed, Scenario scenario) {
        return () -> new Simulation(seed, scenario, queue()).run();
    }

    private void add(Result result) {
        simulations++;
        violations += result.violations().size();
        simulated = simulated.plus(result.simulated());
        result.history().counts().forEach((what, often) -> figures.merge(what, often, Integer::sum));
        print("%s seed %d: %s, %d jobs, %d launches, %d remote calls, %d h %02d min simulated in %.1f s, history %016x"
                .formatted(
                        result.scenario().name(),
                        result.seed(),
                        result.isGood() ? "good" : result.violations().size() + " VIOLATIONS",
                        result.history().counted("jobs"),
                        result.history().counted("launches"),
                        result.history().counted("calls github")
                                + result.history().counted("calls ec2")
                                + result.history().counted("calls ssm"),
                        result.simulated().toHours(),
                        result.simulated().toMinutesPart(),
                        result.wall().toMillis() / 1000.0,
                        result.history().hash()));
        if (!result.isGood()) {
            print(result.story());
        }
    }

    private void summary(Duration wall) {
        print("");
        figures.forEach((what, often) -> print("%10d  %s".formatted(often, what)));
        for (var promise : List.of(Violation.Promise.values())) {
            print("%10d  %s".formatted(figures.getOrDefault("broken " + promise, 0), promise.figure()));
        }
        print("%d simulations, %.1f hours simulated in %d s: %d violations%s"
                .formatted(
                        simulations,
                        simulated.toMinutes() / 60.0,
                        wall.toSeconds(),
                        violations,
                        uncaught == 0 ? "" : ", " + uncaught + " mutants not caught"));
    }

    private static QueueFate queue() {
        var fate = variable("CHAOS_QUEUE");
        return fate == null ? QueueFate.GOOD : QueueFate.valueOf(fate.toUpperCase(Locale.ROOT));
    }

    private static Matrix matrix() {
        return new Matrix(
                (int) number("CHAOS_JOBS", 256),
                Duration.ofSeconds(number("CHAOS_CANCELLED", 0)),
                (int) number("CHAOS_APPS", 1),
                (int) number("CHAOS_CONCURRENCY", Matrix.CONCURRENCY));
    }

    private static Scenario scenario() {
        var name = variable("CHAOS_SCENARIO");
        var scenario = Scenario.ALL_OF_THEM.stream()
                .filter(one -> one.name().equals(name == null ? "storm" : name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("CHAOS_SCENARIO: no scenario " + name));
        return scenario.name().equals(Scenario.BURST.name()) ? scenario.with(matrix()) : scenario;
    }

    private static long number(String variable, long otherwise) {
        var value = variable(variable);
        return value == null ? otherwise : Long.parseLong(value);
    }

    private static @Nullable String variable(String name) {
        var value = System.getenv(name);
        return value == null || value.isBlank() ? null : value.strip();
    }

    private static void print(String line) {
        System.out.println(line);
    }
}
