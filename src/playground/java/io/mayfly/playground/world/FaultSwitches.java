package io.mayfly.playground.world;

import io.mayfly.playground.aws.Capacity;
import io.mayfly.playground.wire.FaultRule;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The faults that one can switch on in the page. */
public final class FaultSwitches {

    public enum Switch {
        /** GitHub's next delivery gets lost on its way. */
        DROP(true),
        /** GitHub's next delivery arrives twice. */
        DOUBLE(true),
        NO_SPOT(false),
        NO_CAPACITY(false),
        /** EC2 and the Parameter Store limit requests as they do for a real account. */
        THROTTLE(false),
        GITHUB_DOWN(false),
        /** The next instance's boot script fails. */
        BOOT_FAILURE(true),
        /** The function dies between the registration of the next runner and the answer to its instance. */
        KILL(true),
        /** The next runner that comes online is given a job nobody launched an instance for. */
        STEAL(true);

        private final boolean once;

        Switch(boolean once) {
            this.once = once;
        }
    }

    private static final Capacity.Choice ON_SPOT = Capacity.Choice.ANY.onMarket("spot");

    private final Playground playground;
    private final Consumer<String> journal;
    private final Set<Switch> on = EnumSet.noneOf(Switch.class);
    private final Map<Switch, FaultRule> rules = new EnumMap<>(Switch.class);

    public FaultSwitches(Playground playground, Consumer<String> journal) {
        this.playground = playground;
        this.journal = journal;
    }

    /** A real GitHub gives its runners to whom it wants. */
    private boolean offers(Switch which) {
        return which != Switch.STEAL || !playground.isReal();
    }

    /**
     * Switches a fault.
     *
     * @throws IllegalArgumentException for one that there is not
     */
    public synchronized void set(Switch which, boolean value) {
        if (!offers(which)) {
            throw new IllegalArgumentException("a real GitHub's runners can't be stolen");
        }
        if (value ? on.add(which) : on.remove(which)) {
            journal.accept(label(which) + (value ? which.once ? " is set for the next time" : " is on" : " is off"));
            apply(which, value);
        }
    }

    /** Whether a fault that happens once happens now. */
    synchronized boolean take(Switch which) {
        return on.remove(which);
    }

    synchronized boolean isOn(Switch which) {
        return on.contains(which);
    }

    public synchronized Map<String, Boolean> json() {
        Map<String, Boolean> json = new LinkedHashMap<>();
        for (Switch each : Switch.values()) {
            if (offers(each)) {
                json.put(each.name(), on.contains(each));
            }
        }
        return json;
    }

    private void apply(Switch which, boolean value) {
        Capacity capacity = playground.aws().capacity();
        switch (which) {
            case NO_SPOT -> refuse(capacity, ON_SPOT, value);
            case NO_CAPACITY -> refuse(capacity, Capacity.Choice.ANY, value);
            case THROTTLE -> {
                if (value) {
                    playground.aws().throttling().on();
                } else {
                    playground.aws().throttling().off();
                }
            }
            case GITHUB_DOWN -> {
                @Nullable FaultRule rule = rules.remove(which);
                if (rule != null) {
                    rule.lift();
                }
                if (value) {
                    rules.put(
                            which,
                            playground
                                    .github()
                                    .faults()
                                    .on("*")
                                    .when(call -> call.service().equals("github"))
                                    .error("unavailable", 502));
                }
            }
            case DROP, DOUBLE, BOOT_FAILURE, KILL, STEAL -> {
                // Asked for when the next one comes.
            }
        }
    }

    private static void refuse(Capacity capacity, Capacity.Choice choice, boolean value) {
        if (value) {
            capacity.refuse(choice, "InsufficientInstanceCapacity");
        } else {
            capacity.restore(choice);
        }
    }

    private static String label(Switch which) {
        return switch (which) {
            case DROP -> "Losing a delivery";
            case DOUBLE -> "Doubling a delivery";
            case NO_SPOT -> "EC2 without spot capacity";
            case NO_CAPACITY -> "EC2 without any capacity";
            case THROTTLE -> "Throttling by AWS";
            case GITHUB_DOWN -> "GitHub's outage";
            case BOOT_FAILURE -> "A failing boot";
            case KILL -> "Killing the function";
            case STEAL -> "Stealing a runner";
        };
    }
}
