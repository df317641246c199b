package io.mayfly.it;

import io.mayfly.playground.host.FunctionPackage;
import io.mayfly.playground.host.FunctionProcess;
import io.mayfly.playground.world.Playground;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/**
 * A life of the JVM's package for the sake of the later ones: the JVM keeps what it has loaded and linked meanwhile, and
 * starts in half the time with it. Where that does not succeed, they start as they would without.
 */
final class FirstLife {

    private static final System.Logger LOG = System.getLogger(FirstLife.class.getName());

    private FirstLife() {}

    /** Lives it, where the package is one for the JVM and has had none. */
    static synchronized void of(Path zip) {
        try {
            var unpacked = FunctionPackage.of(zip);
            if (!unpacked.isNative() && !Files.exists(unpacked.cache())) {
                live(zip, unpacked);
            }
        } catch (IOException | IllegalStateException e) {
            LOG.log(System.Logger.Level.WARNING, "Starts of the JVM take twice the time: {0}", e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void live(Path zip, FunctionPackage unpacked) throws IOException, InterruptedException {
        var made = Files.createTempFile(unpacked.directory(), "function-", ".aot");
        var log = unpacked.directory().resolve("first-life.log");
        try (var playground = Playground.start();
                var function = FunctionProcess.start(
                        zip, playground.environment(), log, List.of("-XX:AOTCacheOutput=" + made, "-Xlog:disable"))) {
            var job = playground.queueJob();
            for (var action : List.of("queued", "completed")) {
                function.invoke(playground.delivery(job.id(), action).json(Instant.now()));
            }
            function.end();
            if (Files.size(made) > 0) {
                Files.move(made, unpacked.cache());
            }
        } finally {
            Files.deleteIfExists(made);
        }
    }
}
