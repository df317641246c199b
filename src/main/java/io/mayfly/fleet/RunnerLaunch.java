package io.mayfly.fleet;

import io.mayfly.config.Settings;
import io.mayfly.ec2.Ec2Error;
import io.mayfly.ec2.Instances;
import io.mayfly.ec2.LaunchErrorHint;
import io.mayfly.ec2.LaunchRequest;
import io.mayfly.ec2.LaunchResult;
import io.mayfly.ec2.Offering;
import io.mayfly.fleet.TakenName.Verdict;
import io.mayfly.github.Jobs;
import io.mayfly.github.Registration;
import io.mayfly.github.Runners;
import io.mayfly.outcome.ConfigurationException;
import io.mayfly.outcome.IgnoredReason;
import io.mayfly.outcome.Outcome;
import io.mayfly.outcome.Outcome.Cause;
import io.mayfly.outcome.UnavailableException;
import io.mayfly.pool.Pool;
import io.mayfly.time.Deadline;
import io.mayfly.time.TimeLimits;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Launches a runner for a queued job: a JIT configuration from GitHub, then an instance that carries it. */
@Singleton
public class RunnerLaunch {

    private static final Logger LOG = Logger.getLogger(RunnerLaunch.class);

    /** GitHub and EC2 together take about a second; with less left a second launch is not begun. */
    private static final Duration WORTH_A_LAUNCH = Duration.ofSeconds(2);

    private static final Duration WORTH_A_TRY = Duration.ofMillis(200);
    private static final Duration NEXT_SWEEP = Duration.ofSeconds(60);
    private static final String QUEUED = "queued";
    private static final String IN_PROGRESS = "in_progress";

    private final Settings settings;
    private final Jobs jobs;
    private final Runners runners;
    private final Instances instances;
    private final PoolOccupancy occupancy;
    private final UnavailableOfferings unavailableOfferings;
    private final LaunchBackoff backoff;
    private final TakenName takenName;
    private final TimeLimits limits;

    RunnerLaunch(
            Settings settings,
            Jobs jobs,
            Runners runners,
            Instances instances,
            PoolOccupancy occupancy,
            UnavailableOfferings unavailableOfferings,
            LaunchBackoff backoff,
            TakenName takenName,
            TimeLimits limits) {
        this.settings = settings;
        this.jobs = jobs;
        this.runners = runners;
        this.instances = instances;
        this.occupancy = occupancy;
        this.unavailableOfferings = unavailableOfferings;
        this.backoff = backoff;
        this.takenName = takenName;
        this.limits = limits;
    }

    /**
     * Launches.
     *
     * @param thoroughly also by choices that were refused just now, and though EC2 has throttled just now
     */
    public Outcome launch(QueuedJob job, Pool pool, boolean thoroughly, Deadline deadline) {
        var launch = Launch.of(settings.deployment(), job, pool, thoroughly);
        if (!thoroughly && backoff.isClosed()) {
            return new Outcome.Deferred(Cause.THROTTLED, "EC2 throttles launches", LaunchBackoff.HELD_BACK);
        }
        var status = job.doubtful() ? status(launch, deadline) : QUEUED;
        if (!status.equals(QUEUED)) {
            return new Outcome.Ignored(
                    status.equals(IN_PROGRESS) ? IgnoredReason.HAS_BEGUN : IgnoredReason.NO_LONGER_QUEUED);
        }
        if (occupancy.isFull(pool, deadline)) {
            var known = occupancy.instanceOf(launch.runner(), pool);
            return known != null
                    ? new Outcome.AlreadyLaunched(known, launch.runner())
                    : new Outcome.Deferred(
                            Cause.FULL,
                            "pool " + pool.name() + " is full (maxRunners " + pool.maxRunners() + ")",
                            NEXT_SWEEP);
        }
        return register(launch, deadline, true);
    }

    private String status(Launch launch, Deadline deadline) {
        var job = launch.job();
        return jobs.status(job.repository(), job.id(), launch.scope(), job.installation(), deadline);
    }

    private Outcome register(Launch launch, Deadline deadline, boolean mayTryAgain) {
        // From before the request: GitHub may have taken the name long before its answer is here.
        var window = deadline.atMost(limits.launchWindow());
        var registration = runners.register(
                launch.scope(),
                launch.runner(),
                launch.pool().runnerGroupId(),
                launch.labels(),
                launch.job().installation(),
                deadline);
        return switch (registration) {
            case Registration.Registered registered -> {
                var request = request(launch, registered, deadline);
                yield launch(launch, registered, request, window, deadline);
            }
            case Registration.NameTaken taken -> resolveTakenName(launch, deadline, mayTryAgain);
        };
    }

    private Outcome resolveTakenName(Launch launch, Deadline deadline, boolean mayTryAgain) {
        return switch (takenName.resolve(launch, deadline)) {
            case Verdict.InUse inUse -> new Outcome.AlreadyLaunched(inUse.instanceId(), launch.runner());
            case Verdict.Cleaned cleaned ->
                mayTryAgain && deadline.allows(WORTH_A_LAUNCH)
                        ? register(launch, deadline, false)
                        : new Outcome.Deferred(
                                Cause.CONTENDED, "a launch that was cut short is cleaned away", NEXT_SWEEP);
            case Verdict.Unclear unclear ->
                new Outcome.Deferred(
                        Cause.CONTENDED, "another launch of " + launch.runner() + " may be under way", NEXT_SWEEP);
        };
    }

    private LaunchRequest request(Launch launch, Registration.Registered registered, Deadline deadline) {
        try {
            return launch.request(registered);
        } catch (RuntimeException e) {
            deregister(launch, registered, deadline);
            throw e;
        }
    }

    private Outcome launch(
            Launch launch,
            Registration.Registered registered,
            LaunchRequest request,
            Deadline window,
            Deadline deadline) {
        var lastCode = "";
        @Nullable ConfigurationException mend = null;
        var mayBeTime = false;
        for (var offering : offerings(launch)) {
            if (!window.allows(WORTH_A_TRY)) {
                deregister(launch, registered, deadline);
                return new Outcome.Deferred(Cause.UNAVAILABLE, "out of time", NEXT_SWEEP);
            }
            switch (instances.launch(request, offering, window)) {
                case LaunchResult.Launched launched -> {
                    return launched(launch, offering, launched.instanceId());
                }
                case LaunchResult.Unanswered unanswered -> {
                    // It may run: its configuration must stay valid, and no second instance may share it. The next
                    // launch
                    // begins elsewhere, for a fault of this choice alone would meet each one.
                    unavailableOfferings.doubt(offering);
                    LOG.warnf(
                            "launch unanswered runner=%s choice=%s why=%s",
                            launch.runner(), offering, unanswered.why());
                    return new Outcome.Deferred(Cause.UNAVAILABLE, unanswered.why(), NEXT_SWEEP);
                }
                case LaunchResult.Refused refused -> {
                    lastCode = refused.error().code();
                    if (!refused.kind().nextChoiceMayHelp()) {
                        return giveUp(launch, registered, request, offering, refused, deadline);
                    }
                    unavailableOfferings.add(offering);
                    if (refused.kind() == Ec2Error.UNSUITABLE) {
                        warn(launch, offering, refused);
                        mend = LaunchErrorHint.exception(refused, launch.pool().name(), request, offering);
                    } else {
                        LOG.infof("choice refused runner=%s choice=%s code=%s", launch.runner(), offering, lastCode);
                        mayBeTime = true;
                    }
                }
            }
        }
        deregister(launch, registered, deadline);
        if (mend != null && !mayBeTime) {
            throw mend;
        }
        return new Outcome.Deferred(
                Cause.CAPACITY,
                "no capacity in the choices of pool " + launch.pool().name() + ", the last said " + lastCode,
                NEXT_SWEEP);
    }

    private List<Offering> offerings(Launch launch) {
        var all = launch.pool().offerings();
        return launch.thoroughly() ? unavailableOfferings.doubtedLast(all) : unavailableOfferings.worthTrying(all);
    }

    private Outcome launched(Launch launch, Offering offering, String instanceId) {
        occupancy.launched(launch.pool(), launch.runner(), instanceId);
        LOG.infof(
                "launched instance=%s runner=%s pool=%s type=%s subnet=%s market=%s",
                instanceId,
                launch.runner(),
                launch.pool().name(),
                offering.instanceType(),
                offering.subnet(),
                offering.capacityType());
        return new Outcome.Launched(instanceId, launch.runner(), launch.pool().name());
    }

    private Outcome giveUp(
            Launch launch,
            Registration.Registered registered,
            LaunchRequest request,
            Offering offering,
            LaunchResult.Refused refused,
            Deadline deadline) {
        warn(launch, offering, refused);
        deregister(launch, registered, deadline);
        if (refused.kind() == Ec2Error.THROTTLED) {
            backoff.close();
            return new Outcome.Deferred(Cause.THROTTLED, "EC2 throttles launches", LaunchBackoff.HELD_BACK);
        }
        throw LaunchErrorHint.exception(refused, launch.pool().name(), request, offering);
    }

    private static void warn(Launch launch, Offering offering, LaunchResult.Refused refused) {
        var error = refused.error();
        LOG.warnf(
                "launch refused runner=%s choice=%s code=%s message=%s request=%s",
                launch.runner(), offering, error.code(), error.message(), error.requestId());
    }

    /** After an answered refusal nothing runs with this configuration. What can't be deleted now, the sweep deletes. */
    private void deregister(Launch launch, Registration.Registered registered, Deadline deadline) {
        try {
            runners.deregister(
                    launch.scope(), registered.runnerId(), launch.job().installation(), deadline);
        } catch (UnavailableException | ConfigurationException e) {
            LOG.warnf("registration left behind runner=%s why=%s", launch.runner(), e.getMessage());
        }
    }
}
