package io.mayfly.runner;

import io.mayfly.ec2.Instance;
import io.mayfly.ec2.Tags;
import io.mayfly.github.InstallationId;
import io.mayfly.github.InstalledScope;
import io.mayfly.github.RepositoryName;
import io.mayfly.github.RunnerId;
import io.mayfly.github.Scope;
import io.mayfly.outcome.UnavailableException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an instance's tags say of its runner. Whoever may write tags can have written them: what is here has the form of what
 * it stands for, and proves nothing else.
 *
 * @param at where the runner is registered
 * @param scopeId of the repository or organization that the scope names
 * @param repository of the job that it was launched for
 * @param runnerId null: it has not claimed its runner
 */
public record RunnerTags(
        InstalledScope at,
        long scopeId,
        RepositoryName repository,
        @Nullable RunnerId runnerId) {

    private static final Pattern ID = Pattern.compile("[1-9][0-9]{0,17}");

    /** Reads the tags; null where one of them is not what it should be. */
    public static @Nullable RunnerTags parse(Instance instance) {
        var scope = Scope.parse(instance.tag(Tags.SCOPE));
        var scopeId = instance.tag(Tags.SCOPE_ID);
        var installation = InstallationId.parse(instance.tag(Tags.INSTALLATION));
        var repository = RepositoryName.parse(instance.tag(Tags.REPOSITORY));
        var runner = RunnerId.parse(instance.tag(Tags.RUNNER_ID));
        return scope == null
                        || installation == null
                        || repository == null
                        || !ID.matcher(scopeId).matches()
                        || (runner == null && instance.isClaimed())
                ? null
                : new RunnerTags(new InstalledScope(scope, installation), Long.parseLong(scopeId), repository, runner);
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

    /** Whether the runner serves the jobs of the job's repository, whatever that is called now. */
    boolean isFor(CompletedJob job) {
        return scopeId == (at.scope().isOrganization() ? job.organizationId() : job.repositoryId());
    }
}
