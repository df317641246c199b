package io.mayfly.fleet;

import io.mayfly.ec2.LaunchRequest;
import io.mayfly.ec2.Tags;
import io.mayfly.ec2.UserData;
import io.mayfly.github.InstalledScope;
import io.mayfly.github.Registration.Registered;
import io.mayfly.github.RunnerIdentity;
import io.mayfly.outcome.ConfigurationException;
import io.mayfly.pool.Pool;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One job's launch in one pool: its names, labels, tags and user data.
 *
 * @param label the deployment's, beside the pool's own
 * @param runner name of the runner and of its instance
 * @param thoroughly also by choices that were refused just now
 */
record Launch(
        String deployment,
        String label,
        QueuedJob job,
        Pool pool,
        InstalledScope at,
        String runner,
        boolean thoroughly) {

    static Launch of(RunnerIdentity identity, QueuedJob job, Pool pool, boolean thoroughly) {
        var scope = pool.scope(job.repository(), job.organization());
        if (scope == null) {
            throw new ConfigurationException(
                    "pool " + pool.name() + ", scope", job.repository() + " belongs to no organization");
        }
        var deployment = identity.deployment();
        return new Launch(
                deployment,
                identity.label(),
                job,
                pool,
                new InstalledScope(scope, job.installation()),
                job.runnerName(deployment),
                thoroughly);
    }

    List<String> labels() {
        var labels = new ArrayList<>(pool.labels());
        labels.add(label);
        return labels;
    }

    LaunchRequest request(Registered registered) {
        var runnerId = registered.runner().id().value();
        return new LaunchRequest(
                runner,
                runnerId,
                pool.ami(),
                new LaunchRequest.RootVolume(pool.rootDevice(), pool.volumeGb()),
                new LaunchRequest.Access(pool.securityGroups(), pool.instanceProfile(), pool.keyName()),
                tags(runnerId),
                UserData.render(
                        runner,
                        registered.jitConfig(),
                        pool.timeouts().register(),
                        pool.timeouts().idle(),
                        pool.timeouts().max(),
                        pool.sudo(),
                        pool.usesSpot()));
    }

    private Map<String, String> tags(long runnerId) {
        var tags = new LinkedHashMap<>(pool.tags());
        tags.put(Tags.NAME, runner);
        tags.put(Tags.DEPLOYMENT, deployment);
        tags.put(Tags.POOL, pool.name());
        tags.put(Tags.SCOPE, at.scope().path());
        tags.put(Tags.REPOSITORY, job.repository().toString());
        tags.put(Tags.INSTALLATION, at.installation().toString());
        tags.put(Tags.JOB, Long.toString(job.id()));
        tags.put(Tags.RUNNER, runner);
        tags.put(Tags.RUNNER_ID, Long.toString(runnerId));
        tags.put(Tags.TIMEOUTS, pool.timeouts().toTag());
        return tags;
    }
}
