package io.mayfly.chaos;

import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jboss.logmanager.formatters.PatternFormatter;

/** What the application logs: nowhere, or into the history of the simulation that it belongs to. */
final class ApplicationLog {

    private static final Logger ROOT = Logger.getLogger("");
    private static final Logger OURS = Logger.getLogger("io.mayfly");

    private static final PatternFormatter FORMAT = new PatternFormatter("%s");

    private ApplicationLog() {}

    static void silence() {
        ROOT.setLevel(Level.OFF);
        OURS.setLevel(Level.OFF);
    }

    static void intoHistory() {
        OURS.setLevel(Level.INFO);
        OURS.setUseParentHandlers(false);
        OURS.addHandler(new Handler() {

            @Override
            public void publish(LogRecord line) {
                var fiber = Fiber.current();
                if (fiber != null) {
                    fiber.history().aside(fiber.name() + " says " + line.getLevel() + " " + FORMAT.format(line));
                }
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        });
    }
}
