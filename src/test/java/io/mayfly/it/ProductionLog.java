package io.mayfly.it;

import io.quarkus.logging.json.runtime.JsonFormatter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.LogContext;
import org.jboss.logmanager.formatters.PatternFormatter;

/**
 * The log as {@code application.properties} sets it up in production, for execution environments within the tests' process:
 * each line goes to the output of the thread that logs it.
 */
final class ProductionLog extends Handler {

    private static final String PREFIX = "quarkus.log.";
    private static final Pattern CATEGORY = Pattern.compile("quarkus\\.log\\.category\\.\"?([^\"]+)\"?\\.level");
    private static final Formatter FOR_TESTS = new PatternFormatter("%d{HH:mm:ss.SSS} %-5p [%c{1}] %m%n%e");

    /** Loggers are kept as long as somebody holds them. */
    private static final List<Logger> CATEGORIES = new ArrayList<>();

    private static final Set<Output> VERBOSE = ConcurrentHashMap.newKeySet();

    private final JsonFormatter json = new JsonFormatter();
    private final Logger root = Logger.getLogger("");
    private final Level level;

    private static final ProductionLog INSTALLED = new ProductionLog(properties());

    private ProductionLog(Properties properties) {
        json.setExcludedKeys(Set.of(properties
                .getProperty(PREFIX + "console.json.excluded-keys", "")
                .split(",")));
        level = level(properties.getProperty(PREFIX + "level", "INFO"));
        properties.forEach((key, value) -> {
            var category = CATEGORY.matcher(key.toString());
            if (category.matches()) {
                var logger = Logger.getLogger(category.group(1));
                logger.setLevel(level(value.toString()));
                CATEGORIES.add(logger);
            }
        });
        root.setLevel(level);
        for (var handler : root.getHandlers()) {
            root.removeHandler(handler);
        }
        root.addHandler(this);
    }

    /** Begins to write what is logged. */
    static void begin(Output output, String named) {
        if (level(named).intValue() < INSTALLED.level.intValue()) {
            VERBOSE.add(output);
            INSTALLED.root.setLevel(level(named));
        }
    }

    static void end(Output output) {
        if (VERBOSE.remove(output) && VERBOSE.isEmpty()) {
            INSTALLED.root.setLevel(INSTALLED.level);
        }
    }

    @Override
    public void publish(LogRecord logged) {
        var line = ExtLogRecord.wrap(logged);
        var output = Output.current();
        if (output == null) {
            if (line.getLevel().intValue() >= level.intValue()) {
                System.err.print(FOR_TESTS.format(line));
            }
        } else if (line.getLevel().intValue() >= level.intValue() || VERBOSE.contains(output)) {
            System.out.print(json.format(line));
        }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}

    private static Level level(String name) {
        return LogContext.getLogContext().getLevelForName(name);
    }

    private static Properties properties() {
        var properties = new Properties();
        try (var file = ProductionLog.class.getResourceAsStream("/application.properties")) {
            properties.load(file);
            return properties;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
