package io.mayfly.playground.wire;

import java.util.ArrayList;
import java.util.List;

/** Lets no process outlive the one that has started it, whatever ends that. */
public final class Tether {

    /** Becomes the command, beside a watcher that ends it when nobody holds its input any more. */
    private static final String SCRIPT = """
        exec 3<&0
        { cat <&3; kill -9 $$; } >/dev/null 2>&1 &
        exec "$0" "$@" 3<&- </dev/null\
        """;

    private Tether() {}

    /** The command with a tether. Its input must be a pipe, as it is by default, that is closed when it has ended. */
    public static List<String> to(List<String> command) {
        var tethered = new ArrayList<>(List.of("bash", "-c", SCRIPT));
        tethered.addAll(command);
        return tethered;
    }
}
