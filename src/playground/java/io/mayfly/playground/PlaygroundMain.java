package io.mayfly.playground;

import java.io.IOException;
import java.net.BindException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;

/** The playground of {@code make run}: the emulators, the function between them, and the page that shows both. */
final class PlaygroundMain {

    /** Enough for the largest matrix. */
    private static final int MAX_RUNNERS = 300;

    private PlaygroundMain() {}

    /**
     * The arguments are the page's port, and what runs the function: {@code dev}, the port of its events and the file for
     * its variables, or {@code package} and the path of {@code function.zip}.
     */
    public static void main(String[] arguments) throws IOException {
        var playground = Playground.start();
        var environment = System.getenv();
        int maxRunners = Integer.parseInt(environment.getOrDefault("PLAYGROUND_MAX_RUNNERS", "" + MAX_RUNNERS));
        playground.maxRunners(maxRunners);
        var function = function(arguments, playground.environment());
        var factor = Double.parseDouble(environment.getOrDefault("PLAYGROUND_PACE", "1"));
        int port = Integer.parseInt(arguments[0]);
        try {
            open(port, playground, function, Machines.Pace.WATCHABLE.times(factor));
        } catch (BindException e) {
            System.err.println("Port " + port + " is taken: PLAYGROUND_PORT chooses another.");
            System.exit(1);
        }
        if (arguments[1].equals("dev")) {
            writeVariables(Path.of(arguments[3]), playground.environment());
        }
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
        var killed = Path.of(arguments[3]).resolveSibling("playground.killed");
        return new DevFunction(Integer.parseInt(arguments[2]), killed);
    }

    /** Tells {@code scripts/run-playground} that all is there, and what the function needs to know of it. */
    private static void writeVariables(Path file, Map<String, String> environment) throws IOException {
        var variables = environment.entrySet().stream()
                .map(variable -> "export " + variable.getKey() + "='" + variable.getValue() + "'\n")
                .sorted()
                .collect(Collectors.joining());
        Files.writeString(file, variables);
    }

    private static void open(int port, Playground playground, FunctionHost function, Machines.Pace pace)
            throws IOException {
        var clock = playground.github().clock();
        var board = new Board(clock);
        var exchanges = new Exchanges();
        var journal = new Journal(clock, board::touch);
        var invocations = new Invocations(function);
        var switches = new Switches(playground, journal::write);
        var webhooks = new Webhooks(playground, board, exchanges, invocations, switches, journal);
        new Machines(playground, board, switches, webhooks, journal, pace).switchOn();
        var sweeps = new Sweeps(board, invocations, journal);
        var calls =
                new CallWatch(board, exchanges, invocations, playground.aws().instances(), sweeps::exchange);
        playground.log().onEnd(calls);
        playground.github().faults().hook(new KillSwitch(switches, function, journal));
        var queue = new Queue(playground, board, webhooks);
        var overview = new Overview(playground, board, switches, sweeps, calls, journal, function);

        PageServer.start(
                port,
                new PageActions(board, exchanges, queue, switches, sweeps, function),
                new EventStream(board, overview));
        Thread.startVirtualThread(() -> start(function, journal));
    }
}
