package io.mayfly.runner;

import io.mayfly.ec2.Instance;
import io.mayfly.ec2.Tags;
import io.mayfly.github.InstallationId;
import io.mayfly.github.InstalledScope;
import io.mayfly.github.RepositoryName;
import io.mayfly.github.RunnerId;
import io.mayfly.github.Scope;
import io.mayfly.outcome.UnavailableException;
import org.jspecify.annotations.Nullable;

/**
 * What an instance's tags say of its runner's registration. Whoever may write tags can have written them: what is here has
 * the form of what it stands for, and proves nothing else.
 *
 * @param at where the runner is registered
 * @param repository of the job that it was launched for
 */
public record RunnerTags(InstalledScope at, RunnerId runnerId, RepositoryName repository) {

    /** Reads the tags; null where one of them is not what it should be. */
    public static @Nullable RunnerTags parse(Instance instance) {
        var scope = Scope.parse(instance.tag(Tags.SCOPE));
        var installation = InstallationId.parse(instance.tag(Tags.INSTALLATION));
        var runner = RunnerId.parse(instance.tag(Tags.RUNNER_ID));
        var repository = RepositoryName.parse(instance.tag(Tags.REPOSITORY));
        return scope == null || installation == null || runner == null || repository == null
                ? null
                : new RunnerTags(new InstalledScope(scope, installation), runner, repository);
    }

    /**
     * Reads the tags.
     *
     * @throws UnavailableException when one of them is not what it should be
     */
    public static RunnerTags of(Instance instance) {
        var tags = parse(instance);
        if (tags == null) {
            throw new UnavailableException("instance " + instance.id() + " has tags that are not understood");
        }
        return tags;
    }
}
