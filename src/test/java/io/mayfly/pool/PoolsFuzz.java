package io.mayfly.pool;

import io.mayfly.config.Setting;
import io.mayfly.outcome.ConfigurationException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** The pools' JSON and the times in it: pools within their limits, or an error that names the setting. */
public final class PoolsFuzz {

    private static final Duration LONGEST = Duration.ofDays(5);

    private PoolsFuzz() {}

    public static void fuzzerTestOneInput(byte[] bytes) {
        try {
            var list = PoolsParser.parse(new Setting("MAYFLY_POOLS", new String(bytes, StandardCharsets.UTF_8)));
            if (list.pools().isEmpty() && list.broken().isEmpty()) {
                throw new AssertionError("no pools");
            }
            list.pools().forEach(PoolsFuzz::check);
            list.broken().forEach(pool -> named(pool.why()));
        } catch (ConfigurationException e) {
            named(e);
        }
    }

    private static void named(ConfigurationException e) {
        if (!String.valueOf(e.getMessage()).startsWith("MAYFLY_POOLS: ")) {
            throw new AssertionError("an error that does not name the setting", e);
        }
    }

    private static void check(Pool pool) {
        within(pool.timeouts().register());
        within(pool.timeouts().idle());
        within(pool.timeouts().max());
        var ours = pool.tags().keySet().stream()
                .anyMatch(key -> key.startsWith("mayfly:") || key.startsWith("aws:") || key.equals("Name"));
        if (ours
                || pool.labels().isEmpty()
                || pool.offerings().isEmpty()
                || pool.maxRunners() < 0
                || pool.volumeGb() <= 0
                || pool.runnerGroupId() <= 0
                || !pool.name().matches("[A-Za-z0-9._-]{1,64}")) {
            throw new AssertionError("a pool over its limits: " + pool);
        }
    }

    private static void within(Duration time) {
        if (!time.isPositive() || time.compareTo(LONGEST) > 0) {
            throw new AssertionError("a time of " + time);
        }
    }
}
