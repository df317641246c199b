package io.mayfly.fleet;

import io.mayfly.config.Settings;
import io.mayfly.ec2.LaunchRequest;
import io.mayfly.ec2.Tags;
import io.mayfly.ec2.UserData;
import io.mayfly.pool.Pool;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes of a batch what EC2 is asked for: what it launches only once, tags, and user data. */
@Singleton
class LaunchRequests {

    private final TicketAuthority tickets;
    private final Settings settings;

    LaunchRequests(TicketAuthority tickets, Settings settings) {
        this.tickets = tickets;
        this.settings = settings;
    }

    /** The request for a whole batch. */
    LaunchRequest of(Batch batch) {
        var pool = batch.pool();
        return new LaunchRequest(
                List.of(
                        settings.deployment(),
                        pool.name(),
                        Long.toString(batch.oldest().id()),
                        String.join("\n", batch.again())),
                batch.jobs().size(),
                pool.ami(),
                new LaunchRequest.RootVolume(pool.rootDevice(), pool.volumeGb()),
                new LaunchRequest.Access(pool.securityGroups(), instanceProfile(pool), pool.keyName(), pool.connect()),
                tags(batch),
                UserData.render(
                        tickets.issue(batch.ticket()),
                        settings.url(),
                        pool.timeouts().register(),
                        pool.timeouts().idle(),
                        pool.timeouts().max(),
                        pool.sudo(),
                        pool.usesSpot(),
                        pool.connect()));
    }

    /** A pool that is to be connected to needs the permissions of Session Manager: by default the deployment's profile has them. */
    private @Nullable String instanceProfile(Pool pool) {
        return pool.instanceProfile() == null && pool.connect()
                ? "mayfly-" + settings.deployment() + "-connect"
                : pool.instanceProfile();
    }

    /** One call's part of it: by a choice each part is launched once. A webhook's launch of one has no parts. */
    static LaunchRequest part(LaunchRequest whole, Batch batch, String chunk, int number) {
        var purpose = new ArrayList<>(whole.purpose());
        if (!batch.again().isEmpty()) {
            purpose.add(chunk);
        }
        return whole.part(List.copyOf(purpose), number);
    }

    private Map<String, String> tags(Batch batch) {
        var deployment = settings.deployment();
        var pool = batch.pool();
        var job = batch.oldest();
        var scope = batch.at().scope();
        var tags = new LinkedHashMap<>(pool.tags());
        tags.put(Tags.NAME, ("default".equals(deployment) ? "mayfly-" : "mayfly-" + deployment + "-") + pool.name());
        tags.put(Tags.DEPLOYMENT, deployment);
        tags.put(Tags.POOL, pool.name());
        tags.put(Tags.SCOPE, scope.path());
        tags.put(Tags.SCOPE_ID, Long.toString(scope.id(job.repository())));
        tags.put(Tags.REPOSITORY, job.repository().fullName().toString());
        tags.put(Tags.INSTALLATION, batch.at().installation().toString());
        tags.put(Tags.JOB, Long.toString(job.id()));
        var run = batch.run();
        if (run != null) {
            tags.put(Tags.RUN, Long.toString(run));
        }
        tags.put(Tags.TIMEOUTS, pool.timeouts().toTag());
        return tags;
    }
}
