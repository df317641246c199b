package io.mayfly.fleet;

import io.mayfly.ec2.Offering;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The choices of one batch. Its chunks are dealt over those of a market in turn, so that they do not all stand in one capacity
 * pool; the next market comes when none of this one is left.
 */
final class Choices {

    private final List<List<Offering>> groups = new ArrayList<>();
    private final Set<Offering> out = new HashSet<>();
    private final int turn;

    /**
     * Those of a batch.
     *
     * @param offerings in the order to try them
     * @param turn with which of a market it begins
     */
    Choices(Collection<Offering> offerings, int turn) {
        this.turn = turn;
        @Nullable Offering before = null;
        for (var offering : offerings) {
            if (before == null || before.capacityType() != offering.capacityType()) {
                groups.add(new ArrayList<>());
            }
            groups.getLast().add(offering);
            before = offering;
        }
    }

    /** Over how many a batch is dealt. */
    int inTurn() {
        return groups.getFirst().size();
    }

    /** The choice for a chunk, by its number; null where none is left. */
    @Nullable
    Offering next(int chunk) {
        for (var group : groups) {
            var order = new ArrayList<>(group);
            Collections.rotate(order, -Math.floorMod((long) turn + chunk, group.size()));
            for (var offering : order) {
                if (!out.contains(offering)) {
                    return offering;
                }
            }
        }
        return null;
    }

    /** This one has no more room. */
    void remove(Offering offering) {
        out.add(offering);
    }
}
