package io.mayfly.cost;

import io.mayfly.config.Setting;
import io.mayfly.config.Settings;
import io.mayfly.ec2.CapacityType;
import io.mayfly.ec2.Instance;
import io.mayfly.outcome.ConfigurationException;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * What instances cost by list price, as an estimate: Linux on demand, without volumes, addresses, traffic and discounts. The
 * table that comes along is that of one region and day; {@code MAYFLY_PRICES} replaces what differs.
 */
@Singleton
public class Prices {

    private static final String TABLE = "prices.txt";

    /** Part of the on-demand price that spot instances are taken to cost; 1 where nothing is said: they cost no more. */
    private static final String SPOT = "spot";

    /** By how much the region is dearer than that of the table. */
    private static final String REGION = "region";

    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,6}(\\.[0-9]{1,8})?");
    private static final Pattern NAME = Pattern.compile("[a-z0-9-]{1,32}(\\.[a-z0-9-]{1,32})?");

    /** In a family a size costs so many times what {@code large} does. */
    private static final Map<String, BigDecimal> SIZES = Map.of(
            "nano", new BigDecimal("0.0625"),
            "micro", new BigDecimal("0.125"),
            "small", new BigDecimal("0.25"),
            "medium", new BigDecimal("0.5"),
            "large", BigDecimal.ONE,
            "xlarge", BigDecimal.TWO);

    private static final Pattern XLARGE = Pattern.compile("([0-9]{1,3})xlarge");
    private static final BigDecimal SECONDS_OF_AN_HOUR = BigDecimal.valueOf(3600);
    private static final Logger LOG = Logger.getLogger(Prices.class);

    private final Settings settings;
    private @Nullable Setting known;
    private @Nullable Map<String, BigDecimal> table;

    public Prices(Settings settings) {
        this.settings = settings;
    }

    /** What an instance costs in dollars for a time; null where nothing is known of its type. */
    public @Nullable BigDecimal of(Instance instance, Duration time) {
        var hour = ofAnHour(instance.type(), instance.capacityType());
        return hour == null
                ? null
                : hour.multiply(BigDecimal.valueOf(time.toSeconds())).divide(SECONDS_OF_AN_HOUR, MathContext.DECIMAL32);
    }

    /** A type's price for an hour; null where nothing is known of it. */
    @Nullable
    BigDecimal ofAnHour(String type, CapacityType capacityType) {
        var prices = table();
        var onDemand = onDemand(type, prices);
        return onDemand == null || capacityType == CapacityType.ON_DEMAND
                ? onDemand
                : onDemand.multiply(prices.getOrDefault(SPOT, BigDecimal.ONE));
    }

    private static @Nullable BigDecimal onDemand(String type, Map<String, BigDecimal> prices) {
        var dot = type.indexOf('.');
        if (dot < 0) {
            return null;
        }
        var own = prices.get(type);
        if (own != null) {
            return own;
        }
        var family = prices.get(type.substring(0, dot));
        var size = size(type.substring(dot + 1));
        return family == null || size == null
                ? null
                : family.multiply(size).multiply(prices.getOrDefault(REGION, BigDecimal.ONE));
    }

    private static @Nullable BigDecimal size(String name) {
        var many = XLARGE.matcher(name);
        return many.matches() ? new BigDecimal(many.group(1)).multiply(BigDecimal.TWO) : SIZES.get(name);
    }

    private synchronized Map<String, BigDecimal> table() {
        var setting = settings.prices();
        if (table == null || (setting != null && !setting.equals(known))) {
            var prices = new HashMap<String, BigDecimal>();
            read().lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                    .forEach(line -> add(line, TABLE, prices));
            if (setting != null) {
                addGiven(setting, prices);
            }
            known = setting;
            table = prices;
        }
        return table;
    }

    /** Wrong prices are no reason to launch nothing: they are said once, and left out. */
    private static void addGiven(Setting setting, Map<String, BigDecimal> prices) {
        for (var entry : setting.value().split(",", -1)) {
            try {
                if (!entry.isBlank()) {
                    add(entry.strip(), setting.key(), prices);
                }
            } catch (ConfigurationException e) {
                LOG.errorf("misconfigured %s", e.getMessage());
            }
        }
    }

    private static void add(String entry, String key, Map<String, BigDecimal> prices) {
        var parts = entry.split("=", -1);
        if (parts.length != 2
                || !NAME.matcher(parts[0].strip()).matches()
                || !NUMBER.matcher(parts[1].strip()).matches()) {
            throw new ConfigurationException(
                    key, "'" + shown(entry) + "' is no price such as c7i.xlarge=0.1785, spot=0.4 or region=1.1");
        }
        prices.put(parts[0].strip(), new BigDecimal(parts[1].strip()));
    }

    private static String shown(String entry) {
        return entry.length() > 60 ? entry.substring(0, 60) : entry;
    }

    private static String read() {
        try (var in = Prices.class.getResourceAsStream(TABLE)) {
            if (in == null) {
                throw new IllegalStateException(TABLE + " is not in the archive");
            }
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
