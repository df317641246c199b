package io.mayfly.pool;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.mayfly.config.Setting;
import io.mayfly.config.Settings;
import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The pools of this deployment. */
@Singleton
public class RunnerPools {

    private static final Logger LOG = Logger.getLogger(RunnerPools.class);

    private final Settings settings;
    private final PoolsParser parser;
    private @Nullable Setting parsed;
    private List<Pool> pools = List.of();

    public RunnerPools(Settings settings, ObjectMapper mapper) {
        this.settings = settings;
        this.parser = new PoolsParser(mapper);
    }

    /**
     * The pool for a job: it has all of the job's labels, where case does not count, as on GitHub. Of several the one
     * with the fewest labels wins, then the first. Null when none fits, or the job asks for no label.
     */
    public @Nullable Pool forLabels(Collection<String> labels) {
        if (labels.isEmpty()) {
            return null;
        }
        var wanted = lower(labels);
        Pool best = null;
        for (var pool : all()) {
            if (lower(pool.labels()).containsAll(wanted)
                    && (best == null || pool.labels().size() < best.labels().size())) {
                best = pool;
            }
        }
        return best;
    }

    /** All pools, parsed anew only when their setting has changed. */
    public synchronized List<Pool> all() {
        var setting = settings.pools();
        if (!setting.equals(parsed)) {
            pools = parser.parse(setting);
            parsed = setting;
            warnOfOpenBoundary();
        }
        return pools;
    }

    /** An organization's runner takes the jobs of every repository that its runner group is open to. */
    private void warnOfOpenBoundary() {
        if (settings.repositories().isEmpty()) {
            return;
        }
        for (var pool : pools) {
            if (pool.level() == Pool.Level.ORGANIZATION) {
                LOG.warnf(
                        "MAYFLY_REPOSITORIES does not bound pool=%s: its runners serve whatever repository runner group %d"
                                + " is open to",
                        pool.name(), pool.runnerGroupId());
            }
        }
    }

    private static Collection<String> lower(Collection<String> labels) {
        return labels.stream().map(label -> label.toLowerCase(Locale.ROOT)).collect(Collectors.toSet());
    }
}
