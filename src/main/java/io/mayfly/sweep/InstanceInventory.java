package io.mayfly.sweep;

import io.mayfly.ec2.Instance;
import io.mayfly.ec2.Tags;
import io.mayfly.github.RepositoryName;
import io.mayfly.github.RunnerId;
import io.mayfly.github.Scope;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The deployment's instances as EC2 shows them: the live ones, and for about an hour those that have ended.
 *
 * @param instances in whatever state
 */
record InstanceInventory(List<Instance> instances) {

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

    /** The live ones whose runners serve a scope, in a pool. */
    List<Instance> live(Scope scope, String pool) {
        return live().stream()
                .filter(instance -> instance.tag(Tags.SCOPE).equalsIgnoreCase(scope.path())
                        && instance.tag(Tags.POOL).equals(pool))
                .toList();
    }

    /** Whether a live instance has the registration. */
    boolean hasLive(RunnerId runner) {
        return live().stream().anyMatch(instance -> isOf(instance, runner));
    }

    /** The instance that had the registration and has ended; null where EC2 shows none. */
    @Nullable
    Instance ended(RunnerId runner) {
        return instances.stream()
                .filter(instance -> instance.hasEnded() && isOf(instance, runner))
                .findFirst()
                .orElse(null);
    }

    private static boolean isOf(Instance instance, RunnerId runner) {
        return instance.tag(Tags.RUNNER_ID).equals(runner.toString());
    }
}
