package io.mayfly.queue;

import io.mayfly.fleet.QueuedJob;
import io.mayfly.github.InstalledScope;
import io.mayfly.github.Runs;
import io.mayfly.outcome.ConfigurationException;
import io.mayfly.outcome.UnavailableException;
import io.mayfly.pool.Pool;
import io.mayfly.time.Deadline;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import org.jboss.logging.Logger;

/**
 * Leaves out jobs of runs that are over: a large matrix that was cancelled at once would be launched for as a whole. A few jobs are not
 * worth the question, and where GitHub does not answer they are launched for.
 */
@Singleton
class CancelledRuns {

    private static final Logger LOG = Logger.getLogger(CancelledRuns.class);

    private static final Duration LIMIT = Duration.ofSeconds(3);

    private final Runs runs;
    private final InstantSource clock;

    CancelledRuns(Runs runs, InstantSource clock) {
        this.runs = runs;
        this.clock = clock;
    }

    /** The jobs of one scope and pool that are not of such a run. */
    List<QueuedJob> without(List<QueuedJob> jobs, Pool pool) {
        var over = LargeRun.of(jobs).stream()
                .filter(run -> isOver(run, run.oldest(jobs), pool))
                .toList();
        return jobs.stream()
                .filter(job -> over.stream().noneMatch(run -> run.has(job)))
                .toList();
    }

    private boolean isOver(LargeRun run, QueuedJob one, Pool pool) {
        var scope = Objects.requireNonNull(pool.scope(one.repository()), "it is launched for there");
        try {
            var over = runs.isOver(
                    run.repository(),
                    run.id(),
                    new InstalledScope(scope, one.repository().installation()),
                    Deadline.in(LIMIT, clock));
            if (over) {
                LOG.infof(
                        "messages dropped run=%d repository=%s why=%s", run.id(), run.repository(), "the run is over");
            }
            return over;
        } catch (UnavailableException | ConfigurationException e) {
            LOG.infof("run not looked at run=%d repository=%s why=%s", run.id(), run.repository(), e.getMessage());
            return false;
        }
    }
}
