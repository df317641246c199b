package io.mayfly.fleet;

import io.mayfly.ec2.LaunchRequest;
import io.mayfly.ec2.Tags;
import io.mayfly.ec2.UserData;
import io.mayfly.github.Registration.Registered;
import io.mayfly.github.RunnerName;
import io.mayfly.github.Scope;
import io.mayfly.outcome.ConfigurationException;
import io.mayfly.pool.Pool;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One job's launch in one pool: its names, labels, tags and user data.
 *
 * @param runner name of the runner and of its instance
 * @param thoroughly also by choices that were refused just now
 */
record Launch(String deployment, QueuedJob job, Pool pool, Scope scope, String runner, boolean thoroughly) {

    static Launch of(String deployment, QueuedJob job, Pool pool, boolean thoroughly) {
        var scope = pool.scope(job.repository(), job.organization());
        if (scope == null) {
            throw new ConfigurationException(
                    "pool " + pool.name() + ", scope", job.repository() + " belongs to no organization");
        }
        return new Launch(deployment, job, pool, scope, job.runnerName(deployment), thoroughly);
    }

    List<String> labels() {
        var labels = new ArrayList<>(pool.labels());
        labels.add(RunnerName.label(deployment));
        return labels;
    }

    LaunchRequest request(Registered registered) {
        return new LaunchRequest(
                runner,
                registered.runnerId(),
                pool.ami(),
                new LaunchRequest.RootVolume(pool.rootDevice(), pool.volumeGb()),
                new LaunchRequest.Access(pool.securityGroups(), pool.instanceProfile(), pool.keyName()),
                tags(registered.runnerId()),
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
        tags.put(Tags.SCOPE, scope.path());
        tags.put(Tags.REPOSITORY, job.repository());
        tags.put(Tags.INSTALLATION, Long.toString(job.installation()));
        tags.put(Tags.JOB, Long.toString(job.id()));
        tags.put(Tags.RUNNER, runner);
        tags.put(Tags.RUNNER_ID, Long.toString(runnerId));
        return tags;
    }
}
