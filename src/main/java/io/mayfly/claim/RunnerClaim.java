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
import io.mayfly.github.Runners;
import io.mayfly.github.Scope;
import io.mayfly.outcome.ConfigurationException;
import io.mayfly.outcome.Outcome.Cause;
import io.mayfly.outcome.Outcome.Deferred;
import io.mayfly.outcome.UnavailableException;
import io.mayfly.pool.Pool;
import io.mayfly.pool.RunnerPools;
import io.mayfly.runner.RunnerTags;
import io.mayfly.time.Deadline;
import io.mayfly.time.Sleeper;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import org.jboss.logging.Logger;

/**
 * Gives an instance its runner's configuration, once. While the runner is registered GitHub takes its name from nobody else:
 * of two claims at one moment one is granted. Ever after the tag {@code mayfly:runner-id} refuses, and it is written before
 * the answer. No path gives a second configuration, whatever GitHub shows of the first: a hostile job may be the one who asks.
 */
@Singleton
class RunnerClaim {

    /** EC2 takes 100 calls of CreateTags at once and 10 a second: of 256 instances that boot in 10 s the last wait for 6 s. */
    private static final Duration TAGGING = Duration.ofSeconds(8);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(300);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(1200);
    private static final Duration SOON = Duration.ofSeconds(3);
    private static final Logger LOG = Logger.getLogger(RunnerClaim.class);

    private final CallerIdentity identity;
    private final Instances instances;
    private final RunnerIdentity names;
    private final RunnerPools pools;
    private final RunnerRegistrar registrar;
    private final Runners runners;
    private final Sleeper sleeper;
    private final InstantSource clock;

    RunnerClaim(
            CallerIdentity identity,
            Instances instances,
            RunnerIdentity names,
            RunnerPools pools,
            RunnerRegistrar registrar,
            Runners runners,
            Sleeper sleeper,
            InstantSource clock) {
        this.identity = identity;
        this.instances = instances;
        this.names = names;
        this.pools = pools;
        this.registrar = registrar;
        this.runners = runners;
        this.sleeper = sleeper;
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
                settle(instance, tags, registered, deadline);
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

    /** Writes the tag without which no configuration leaves. Where that fails the registration is of no use to anybody. */
    private void settle(Instance instance, RunnerTags tags, Registered registered, Deadline deadline) {
        var written = new LinkedHashMap<String, String>();
        written.put(Tags.RUNNER_ID, registered.runner().id().toString());
        written.put(Tags.NAME, registered.runner().name());
        var until = deadline.atMost(TAGGING);
        for (var pause = FIRST_PAUSE; ; pause = longer(pause)) {
            try {
                instances.tag(instance.id(), written, until);
                return;
            } catch (UnavailableException e) {
                if (!until.allows(pause.plus(FIRST_PAUSE))) {
                    deregister(tags, registered, deadline);
                    throw new UnavailableException(String.valueOf(e.getMessage()), SOON);
                }
                sleeper.sleep(pause);
            } catch (ConfigurationException e) {
                deregister(tags, registered, deadline);
                throw e;
            }
        }
    }

    private static Duration longer(Duration pause) {
        var twice = pause.plus(pause);
        return twice.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : twice;
    }

    private void deregister(RunnerTags tags, Registered registered, Deadline deadline) {
        try {
            runners.deregister(tags.at(), registered.runner(), deadline);
        } catch (UnavailableException | ConfigurationException e) {
            LOG.warnf(
                    "registration left behind runner=%s why=%s",
                    registered.runner().name(), e.getMessage());
        }
    }
}
