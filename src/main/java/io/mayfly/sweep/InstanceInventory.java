package io.mayfly.sweep;

import io.mayfly.ec2.Instance;
import io.mayfly.ec2.Tags;
import io.mayfly.github.RepositoryName;
import io.mayfly.github.Scope;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The deployment's instances as EC2 shows them: the live ones, and for about an hour those that have ended.
 *
 * @param instances in whatever state
 * @param at when the look began
 */
record InstanceInventory(List<Instance> instances, Instant at) {

    List<Instance> live() {
        return instances.stream().filter(Instance::isLive).toList();
    }

    /** Those that were launched for a job, live or ended. */
    List<Instance> ofJob(RepositoryName repository, long job) {
        return instances.stream()
                .filter(instance -> instance.tag(Tags.JOB).equals(Long.toString(job))
                        && instance.tag(Tags.REPOSITORY).equalsIgnoreCase(repository.toString()))
                .toList();
    }

    /** Those whose runners serve a scope, in a pool, live or ended. */
    List<Instance> of(Scope scope, String pool) {
        return instances.stream()
                .filter(instance -> instance.tag(Tags.SCOPE).equalsIgnoreCase(scope.path())
                        && instance.tag(Tags.POOL).equals(pool))
                .toList();
    }

    /** An instance by its id; null where EC2 shows none. */
    @Nullable
    Instance find(@Nullable String id) {
        return instances.stream()
                .filter(instance -> instance.id().equals(id))
                .findFirst()
                .orElse(null);
    }
}
