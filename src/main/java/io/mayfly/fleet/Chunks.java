package io.mayfly.fleet;

import java.util.ArrayList;
import java.util.List;

/** How many instances one call asks for: EC2 launches batches of up to 100 fastest, and a choice may have no room for all. */
final class Chunks {

    private static final int LEAST = 50;
    private static final int MOST = 100;

    private Chunks() {}

    /**
     * The sizes of the calls for so many instances.
     *
     * @param choices over which they are dealt
     */
    static List<Integer> of(int number, int choices) {
        var size = Math.clamp(Math.ceilDiv(number, choices), LEAST, MOST);
        var chunks = new ArrayList<Integer>();
        for (var left = number; left > 0; left -= size) {
            chunks.add(Math.min(left, size));
        }
        return chunks;
    }
}
