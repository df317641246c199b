package io.mayfly.claim;

import io.mayfly.claim.CallerIdentity.Caller;
import io.mayfly.claim.ClaimOutcome.Failed;
import io.mayfly.claim.ClaimOutcome.Granted;
import io.mayfly.claim.ClaimOutcome.Refused;
import io.mayfly.ec2.Instance;
import io.mayfly.ec2.Instances;
import io.mayfly.ec2.Tags;
import io.mayfly.fleet.ClaimBrake;
import io.mayfly.fleet.Ticket;
import io.mayfly.github.Registration;
import io.mayfly.github.Registration.Registered;
import io.mayfly.github.RunnerIdentity;
import io.mayfly.github.RunnerRegistrar;
import io.mayfly.github.Scope;
import io.mayfly.outcome.Outcome.Cause;
import io.mayfly.outcome.Outcome.Deferred;
import io.mayfly.pool.Pool;
import io.mayfly.pool.RunnerPools;
import io.mayfly.runner.RunnerTags;
import io.mayfly.time.Deadline;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.InstantSource;
import org.jboss.logging.Logger;

/**
 * Gives an instance its runner's configuration, once. While the runner is registered GitHub takes its name from nobody else:
 * of two claims at one moment one is granted. Ever after the tag {@code mayfly:runner-id} refuses, and it is written before
 * the answer. No path gives a second configuration, whatever GitHub shows of the first: a hostile job may be the one who asks.
 */
@Singleton
class RunnerClaim {

    private static final Logger LOG = Logger.getLogger(RunnerClaim.class);

    private final CallerIdentity identity;
    private final Instances instances;
    private final RunnerIdentity names;
    private final RunnerPools pools;
    private final RunnerRegistrar registrar;
    private final RunnerTag runnerTag;
    private final InstantSource clock;

    RunnerClaim(
            CallerIdentity identity,
            Instances instances,
            RunnerIdentity names,
            RunnerPools pools,
            RunnerRegistrar registrar,
            RunnerTag runnerTag,
            InstantSource clock) {
        this.identity = identity;
        this.instances = instances;
        this.names = names;
        this.pools = pools;
        this.registrar = registrar;
        this.runnerTag = runnerTag;
        this.clock = clock;
    }

    ClaimOutcome claim(Ticket ticket, SignedIdentity signed, Deadline deadline) {
        var scope = Scope.parse(ticket.scope());
        var wait = scope == null ? null : registrar.closedFor(scope);
        if (wait != null) {
            return new Failed(new Deferred(Cause.RATE_LIMITED, "GitHub's rate limit is spent", wait));
        }
        return switch (identity.ask(signed, deadline)) {
            case Caller.Unknown unknown -> Refused.because(unknown.why());
            case Caller.Ec2Instance caller -> claim(ticket, caller, deadline);
        };
    }

    private ClaimOutcome claim(Ticket ticket, Caller.Ec2Instance caller, Deadline deadline) {
        var instance = instances.find(caller.id(), deadline);
        if (instance == null
                || !instance.account().equals(caller.account())
                || !instance.tag(Tags.DEPLOYMENT).equals(names.deployment())) {
            return Refused.because(Refusal.OTHER_DEPLOYMENT);
        }
        var tags = RunnerTags.parse(instance);
        if (tags == null
                || !instance.tag(Tags.POOL).equals(ticket.pool())
                || !instance.tag(Tags.SCOPE).equals(ticket.scope())) {
            return Refused.because(Refusal.OTHER_DEPLOYMENT);
        }
        if (instance.isClaimed()) {
            return Refused.because(Refusal.CLAIMED);
        }
        if (instance.isWithdrawn()) {
            return Refused.because(Refusal.NOT_NEEDED);
        }
        var pool = pools.named(ticket.pool());
        var mayClaimUntil = pool == null ? Instant.MAX : ClaimBrake.claimsBefore(instance, pool.timeouts());
        if (!instance.isLive() || !clock.instant().isBefore(mayClaimUntil)) {
            return Refused.because(Refusal.TOO_LATE);
        }
        return pool == null || !isStillOf(pool, ticket, tags)
                ? Refused.because(Refusal.POOL_GONE)
                : register(instance, tags, pool, deadline);
    }

    private static boolean isStillOf(Pool pool, Ticket ticket, RunnerTags tags) {
        return ticket.label().isEmpty()
                && (pool.level() == Pool.Level.ORGANIZATION)
                        == tags.at().scope().isOrganization();
    }

    private ClaimOutcome register(Instance instance, RunnerTags tags, Pool pool, Deadline deadline) {
        var registration = registrar.register(
                tags.at(),
                instance.id(),
                names.runnerOf(instance.id()),
                pool.runnerGroupId(),
                names.labels(pool.labels()),
                deadline);
        return switch (registration) {
            case Registration.NameTaken taken -> Refused.because(Refusal.CLAIMED);
            case Registered registered -> {
                runnerTag.write(instance, tags, registered, deadline);
                LOG.infof(
                        "claimed instance=%s runner=%s runnerId=%s pool=%s",
                        instance.id(),
                        registered.runner().name(),
                        registered.runner().id(),
                        pool.name());
                yield new Granted(instance, pool.name(), registered.runner().name(), registered.jitConfig());
            }
        };
    }
}
