package io.mayfly.fleet;

import io.mayfly.ec2.LaunchRequest;
import io.mayfly.ec2.Tags;
import io.mayfly.ec2.UserData;
import io.mayfly.github.InstalledScope;
import io.mayfly.outcome.ConfigurationException;
import io.mayfly.pool.Pool;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One job's launch in one pool: its purpose, tags and user data.
 *
 * @param purpose what EC2 launches only once
 * @param thoroughly also by choices that were refused just now
 */
record Launch(
        String deployment, List<String> purpose, QueuedJob job, Pool pool, InstalledScope at, boolean thoroughly) {

    /** @param again what tells it from other launches for the same job; empty for the first */
    static Launch of(String deployment, QueuedJob job, Pool pool, List<String> again, boolean thoroughly) {
        var repository = job.repository();
        var scope = pool.scope(repository);
        if (scope == null) {
            throw new ConfigurationException(
                    "pool " + pool.name() + ", scope", repository.fullName() + " belongs to no organization");
        }
        var purpose = List.of(deployment, pool.name(), Long.toString(job.id()), String.join("\n", again));
        return new Launch(
                deployment, purpose, job, pool, new InstalledScope(scope, repository.installation()), thoroughly);
    }

    Ticket ticket() {
        return new Ticket(pool.name(), at.scope().path(), "");
    }

    LaunchRequest request(String ticket, URI url) {
        return new LaunchRequest(
                purpose,
                pool.ami(),
                new LaunchRequest.RootVolume(pool.rootDevice(), pool.volumeGb()),
                new LaunchRequest.Access(pool.securityGroups(), pool.instanceProfile(), pool.keyName()),
                tags(),
                UserData.render(
                        ticket,
                        url,
                        pool.timeouts().register(),
                        pool.timeouts().idle(),
                        pool.timeouts().max(),
                        pool.sudo(),
                        pool.usesSpot()));
    }

    private Map<String, String> tags() {
        var tags = new LinkedHashMap<>(pool.tags());
        tags.put(Tags.NAME, ("default".equals(deployment) ? "mayfly-" : "mayfly-" + deployment + "-") + pool.name());
        tags.put(Tags.DEPLOYMENT, deployment);
        tags.put(Tags.POOL, pool.name());
        tags.put(Tags.SCOPE, at.scope().path());
        tags.put(Tags.SCOPE_ID, Long.toString(at.scope().id(job.repository())));
        tags.put(Tags.REPOSITORY, job.repository().fullName().toString());
        tags.put(Tags.INSTALLATION, at.installation().toString());
        tags.put(Tags.JOB, Long.toString(job.id()));
        if (job.run() != null) {
            tags.put(Tags.RUN, Long.toString(job.run()));
        }
        tags.put(Tags.TIMEOUTS, pool.timeouts().toTag());
        return tags;
    }
}
