package io.mayfly.pool;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The pools as they were read. */
record PoolList(List<Pool> pools, List<BrokenPool> broken) {

    static final PoolList NONE = new PoolList(List.of(), List.of());

    /**
     * The pool for a job: it has all of the job's labels, where case does not count, as on GitHub. Of several the one
     * with the fewest labels wins, then the first. Null when none fits.
     *
     * @throws io.mayfly.outcome.ConfigurationException when the pool that fits is set up wrongly, or none fits and one of
     *     those set up wrongly might
     */
    @Nullable
    Pool forLabels(Collection<String> labels) {
        var wanted = lower(labels);
        Pool best = null;
        for (var pool : pools) {
            if (fits(pool.labels(), wanted)
                    && (best == null || pool.labels().size() < best.labels().size())) {
                best = pool;
            }
        }
        for (var pool : broken) {
            var own = pool.labels();
            if (own == null
                    ? best == null
                    : fits(own, wanted)
                            && (best == null || own.size() < best.labels().size())) {
                throw pool.why();
            }
        }
        return best;
    }

    private static boolean fits(List<String> labels, Set<String> wanted) {
        return lower(labels).containsAll(wanted);
    }

    private static Set<String> lower(Collection<String> labels) {
        var lower = new HashSet<String>();
        labels.forEach(label -> lower.add(label.toLowerCase(Locale.ROOT)));
        return lower;
    }
}
