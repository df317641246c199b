package io.mayfly.sweep;

import io.mayfly.github.Scope;
import io.mayfly.github.WorkflowJob;
import io.mayfly.outcome.ConfigurationException;
import io.mayfly.outcome.UnavailableException;
import io.mayfly.pool.Pool;
import io.mayfly.pool.RunnerPools;
import io.mayfly.sweep.RunnerDemand.Waiting;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The jobs that a sweep has seen waiting, by where their runners are registered and of which pool. */
@Singleton
class WaitingJobs {

    private final RunnerPools pools;

    WaitingJobs(RunnerPools pools) {
        this.pools = pools;
    }

    /** Where any runner will do for any of the jobs. */
    record Group(Scope scope, Pool pool) {}

    Map<Group, List<Waiting>> in(GitHubSnapshot snapshot) {
        var groups = new LinkedHashMap<Group, List<Waiting>>();
        for (var job : snapshot.queued()) {
            var repository = snapshot.served(job.repository());
            var pool = repository == null ? null : poolOf(job);
            var scope = repository == null || pool == null ? null : pool.scope(repository);
            if (repository != null && pool != null && scope != null) {
                groups.computeIfAbsent(new Group(scope, pool), key -> new ArrayList<>())
                        .add(new Waiting(job, repository));
            }
        }
        return groups;
    }

    /** By the name of their pool; null where pools can't be read, which the report says otherwise. */
    @Nullable
    Map<String, List<WorkflowJob>> byPool(GitHubSnapshot snapshot) {
        Map<Group, List<Waiting>> groups;
        try {
            groups = in(snapshot);
        } catch (UnavailableException | ConfigurationException e) {
            return null;
        }
        var jobs = new LinkedHashMap<String, List<WorkflowJob>>();
        groups.forEach((group, waiting) ->
                waiting.forEach(one -> jobs.computeIfAbsent(group.pool().name(), key -> new ArrayList<>())
                        .add(one.job())));
        return jobs;
    }

    /** Null also where the pool is set up wrongly: that is said once, and the jobs of the others go on. */
    private @Nullable Pool poolOf(WorkflowJob job) {
        try {
            return pools.forLabels(job.labels());
        } catch (ConfigurationException e) {
            if (pools.broken().isEmpty()) {
                throw e;
            }
            return null;
        }
    }
}
