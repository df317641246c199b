package io.mayfly.pool;

import io.mayfly.config.Setting;
import io.mayfly.config.Settings;
import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.List;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The pools of this deployment. One that is set up wrongly fails its own jobs only. */
@Singleton
public class RunnerPools {

    private static final Logger LOG = Logger.getLogger(RunnerPools.class);

    private final Settings settings;
    private @Nullable Setting parsed;
    private PoolList list = PoolList.NONE;

    public RunnerPools(Settings settings) {
        this.settings = settings;
    }

    /**
     * The pool for a job; null when none fits, or the job asks for no label.
     *
     * @throws io.mayfly.outcome.ConfigurationException when the one for it is set up wrongly
     */
    public @Nullable Pool forLabels(Collection<String> labels) {
        return labels.isEmpty() ? null : list().forLabels(labels);
    }

    /**
     * A pool by its name; null where there is none.
     *
     * @throws io.mayfly.outcome.ConfigurationException when it may be one that is set up wrongly
     */
    public @Nullable Pool named(String name) {
        var pools = list();
        var named = pools.pools().stream()
                .filter(pool -> pool.name().equals(name))
                .findFirst()
                .orElse(null);
        if (named == null && !pools.broken().isEmpty()) {
            throw pools.broken().getFirst().why();
        }
        return named;
    }

    /** All pools that are set up rightly. */
    public List<Pool> all() {
        return list().pools();
    }

    /** The others. */
    public List<BrokenPool> broken() {
        return list().broken();
    }

    /** Parsed anew only when their setting has changed. */
    private synchronized PoolList list() {
        var setting = settings.pools();
        if (!setting.equals(parsed)) {
            list = PoolsParser.parse(setting);
            parsed = setting;
            list.broken()
                    .forEach(pool -> LOG.errorf("misconfigured %s", pool.why().getMessage()));
            warnOfOpenBoundary(list.pools());
        }
        return list;
    }

    /** An organization's runner takes the jobs of every repository that its runner group is open to. */
    private void warnOfOpenBoundary(List<Pool> pools) {
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
}
