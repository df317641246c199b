package io.mayfly.playground.page;

import io.mayfly.playground.board.Board;
import io.mayfly.playground.board.ExchangeLog;
import io.mayfly.playground.board.Journal;
import io.mayfly.playground.host.DevFunction;
import io.mayfly.playground.host.FunctionHost;
import io.mayfly.playground.host.InvocationQueue;
import io.mayfly.playground.host.PackagedFunction;
import io.mayfly.playground.world.CallWatch;
import io.mayfly.playground.world.EmulatedWorkflow;
import io.mayfly.playground.world.FaultSwitches;
import io.mayfly.playground.world.KillSwitch;
import io.mayfly.playground.world.MachineClaim;
import io.mayfly.playground.world.Machines;
import io.mayfly.playground.world.Playground;
import io.mayfly.playground.world.QueueEventSource;
import io.mayfly.playground.world.RealGitHub;
import io.mayfly.playground.world.SweepScheduler;
import io.mayfly.playground.world.WebhookSender;
import java.io.IOException;
import java.net.BindException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The playground of {@code make run}: the emulators, the function between them, and the page that shows both. */
final class PlaygroundMain {

    /** Enough for the largest matrix. */
    private static final int MAX_RUNNERS = 300;

    private PlaygroundMain() {}

    /**
     * The arguments are the page's port, and what runs the function: {@code dev} and the file for its variables, or
     * {@code package} and the path of {@code function.zip}.
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        var environment = System.getenv();
        var app = environment.getOrDefault("GITHUB_APP", "");
        int port = Integer.parseInt(arguments[0]);
        try {
            var real = app.isEmpty() ? null : RealGitHub.open(Path.of(app));
            var playground = real == null ? emulated(environment) : real.playground();
            var pools = environment.getOrDefault("PLAYGROUND_POOLS", "");
            if (!pools.isEmpty()) {
                playground.parameter("pools", Files.readString(Path.of(pools)));
            }
            var function = function(arguments, playground.environment());
            var factor = Double.parseDouble(environment.getOrDefault("PLAYGROUND_PACE", "1"));
            open(port, playground, real, function, Machines.Pace.WATCHABLE.times(factor));
            if (function instanceof DevFunction dev) {
                var variables = new HashMap<>(playground.environment());
                variables.putAll(dev.environment());
                writeVariables(Path.of(arguments[2]), variables);
            }
        } catch (BindException e) {
            end("Port " + port + " is taken: PLAYGROUND_PORT chooses another.");
        } catch (NoSuchFileException e) {
            end("There is no file " + e.getFile() + ".");
        } catch (IllegalArgumentException e) {
            end(String.valueOf(e.getMessage()));
        }
    }

    private static Playground emulated(Map<String, String> environment) {
        var most = environment.getOrDefault("PLAYGROUND_MAX_RUNNERS", String.valueOf(MAX_RUNNERS));
        var playground = Playground.start();
        playground.maxRunners(Integer.parseInt(most));
        return playground;
    }

    private static void end(String why) {
        System.err.println(why);
        System.exit(1);
    }

    private static void start(FunctionHost function, Journal journal) {
        try {
            function.awaitReady();
        } catch (IllegalStateException e) {
            journal.write("The function does not start: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static FunctionHost function(String[] arguments, Map<String, String> environment) {
        if (arguments[1].equals("package")) {
            var packaged = new PackagedFunction(
                    Path.of(arguments[2]), environment, Path.of("target", "playground-function.log"));
            // Else it outlives whoever ends the playground alone.
            Runtime.getRuntime().addShutdownHook(new Thread(packaged::close));
            return packaged;
        }
        return new DevFunction(Path.of(arguments[2]).resolveSibling("playground.killed"));
    }

    /** Tells {@code scripts/run-playground} that all is there, and what the function needs to know of it. */
    private static void writeVariables(Path file, Map<String, String> environment) throws IOException {
        var variables = environment.entrySet().stream()
                .map(variable -> "export " + variable.getKey() + "='" + variable.getValue() + "'\n")
                .sorted()
                .collect(Collectors.joining());
        // Beside it first: whoever waits for it reads all of it, and nobody but its owner.
        var fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        Files.createFile(fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(fresh, variables);
        Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void open(
            int port, Playground playground, @Nullable RealGitHub real, FunctionHost function, Machines.Pace pace)
            throws IOException {
        var clock = playground.github().clock();
        var board = new Board(clock);
        var exchanges = new ExchangeLog();
        var journal = new Journal(clock, board::touch);
        var invocations = new InvocationQueue(function);
        var switches = new FaultSwitches(playground, journal::write);
        var webhooks = new WebhookSender(playground, board, exchanges, invocations, switches, journal);
        var claim = new MachineClaim(board, exchanges, invocations, journal);
        new Machines(playground, board, switches, webhooks, journal, claim, pace).switchOn();
        var sweeps = new SweepScheduler(board, invocations, journal);
        var calls =
                new CallWatch(board, exchanges, invocations, playground.aws().instances(), sweeps::exchange);
        playground.log().onEnd(calls);
        playground.github().faults().hook(new KillSwitch(switches, function, journal));
        new QueueEventSource(playground, invocations, journal).switchOn();
        var queue = new EmulatedWorkflow(playground, board, webhooks);
        var overview = new Overview(playground, board, switches, sweeps, calls, journal, function);

        PageServer.start(
                port,
                new PageActions(board, exchanges, queue, switches, sweeps, function),
                new EventStream(board, overview));
        Thread.startVirtualThread(() -> start(function, journal));
        if (real != null) {
            real.deliver(webhooks, journal);
        }
    }
}
