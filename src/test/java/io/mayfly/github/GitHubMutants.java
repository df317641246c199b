package io.mayfly.github;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.mayfly.config.Settings;
import io.mayfly.metrics.Measurements;
import io.mayfly.time.Deadline;
import io.mayfly.time.TimeLimits;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What talks to GitHub, broken on purpose. */
public final class GitHubMutants {

    private GitHubMutants() {}

    /** Takes "it runs a job" for "it is deleted". */
    public static final class BusyIsDeleted extends Runners {

        BusyIsDeleted(
                GitHubClient github,
                GitHubAnswers answers,
                ObjectMapper mapper,
                TimeLimits limits,
                Measurements measurements) {
            super(github, answers, mapper, limits, measurements);
        }

        @Override
        public Deregistration deregister(InstalledScope at, OwnRunner runner, Deadline deadline) {
            var deregistration = super.deregister(at, runner, deadline);
            return deregistration == Deregistration.BUSY ? Deregistration.DELETED : deregistration;
        }
    }

    /** Believes of every runner that it was never online. */
    public static final class NobodyWasOnline extends Runners {

        NobodyWasOnline(
                GitHubClient github,
                GitHubAnswers answers,
                ObjectMapper mapper,
                TimeLimits limits,
                Measurements measurements) {
            super(github, answers, mapper, limits, measurements);
        }

        @Override
        public @Nullable Runner get(InstalledScope at, RunnerId id, Deadline deadline) {
            var runner = super.get(at, id, deadline);
            return runner == null ? null : new Runner(runner.id(), runner.name(), false, false, true, runner.labels());
        }
    }

    /** Deletes nothing, and says that it did. */
    public static final class NothingIsDeleted extends Runners {

        NothingIsDeleted(
                GitHubClient github,
                GitHubAnswers answers,
                ObjectMapper mapper,
                TimeLimits limits,
                Measurements measurements) {
            super(github, answers, mapper, limits, measurements);
        }

        @Override
        public Deregistration deregister(InstalledScope at, OwnRunner runner, Deadline deadline) {
            return Deregistration.DELETED;
        }
    }

    /** Takes every registration for one of ours. */
    public static final class EverythingIsOurs extends RunnerIdentity {

        EverythingIsOurs(Settings settings) {
            super(settings);
        }

        @Override
        public OwnRunner own(Runner runner) {
            return new OwnRunner(
                    runner.id(), runner.name().startsWith("mayfly-") ? runner.name() : "mayfly-" + runner.id());
        }
    }

    /** Has nothing delivered again. */
    public static final class NothingIsRedelivered extends Deliveries {

        NothingIsRedelivered(
                AppJwt jwt, GitHubHttp http, GitHubAnswers answers, TimeLimits limits, Measurements measurements) {
            super(jwt, http, answers, limits, measurements);
        }

        @Override
        public void redeliver(DeliveryAttempt delivery, Deadline deadline) {}
    }

    /** Takes a name that is taken for its own, of a claim that was cut short, and registers it anew. */
    public static class TakenIsOurs extends Runners {

        TakenIsOurs(
                GitHubClient github,
                GitHubAnswers answers,
                ObjectMapper mapper,
                TimeLimits limits,
                Measurements measurements) {
            super(github, answers, mapper, limits, measurements);
        }

        @Override
        public Registration register(
                InstalledScope at, String name, long groupId, List<String> labels, Deadline deadline) {
            var first = super.register(at, name, groupId, labels, deadline);
            var other = first instanceof Registration.NameTaken ? find(at, name, deadline) : null;
            return other == null
                            || !isOurs(other)
                            || deregister(at, new OwnRunner(other.id(), name), deadline) == Deregistration.BUSY
                    ? first
                    : super.register(at, name, groupId, labels, deadline);
        }

        boolean isOurs(Runner runner) {
            return true;
        }
    }

    /** The same, of whom GitHub shows as never online. */
    public static final class NeverOnlineIsProof extends TakenIsOurs {

        NeverOnlineIsProof(
                GitHubClient github,
                GitHubAnswers answers,
                ObjectMapper mapper,
                TimeLimits limits,
                Measurements measurements) {
            super(github, answers, mapper, limits, measurements);
        }

        @Override
        boolean isOurs(Runner runner) {
            return runner.neverOnline();
        }
    }

    /** Launches as if GitHub registered any number of runners. */
    public static final class Unpaced extends RunnerRegistrar {

        Unpaced(Runners runners, FurtherApps furtherApps, InstantSource clock) {
            super(runners, furtherApps, clock);
        }

        @Override
        public int aMinute() {
            return Integer.MAX_VALUE;
        }
    }

    /** Asks the first App alone until it has refused three times. */
    public static final class SecondAppLate extends RunnerRegistrar {

        private static final int THREE = 3;

        private final Runners runners;
        private int refusals;

        SecondAppLate(Runners runners, FurtherApps furtherApps, InstantSource clock) {
            super(runners, furtherApps, clock);
            this.runners = runners;
        }

        @Override
        public Registration register(
                InstalledScope at,
                String instanceId,
                String name,
                long groupId,
                List<String> labels,
                Deadline deadline) {
            if (refusals >= THREE) {
                return super.register(at, instanceId, name, groupId, labels, deadline);
            }
            try {
                return runners.register(at, name, groupId, labels, deadline);
            } catch (RateLimitedException e) {
                refusals++;
                throw e;
            }
        }
    }

    /** Knows no runner by its name. */
    public static final class NobodyIsKnown extends Runners {

        NobodyIsKnown(
                GitHubClient github,
                GitHubAnswers answers,
                ObjectMapper mapper,
                TimeLimits limits,
                Measurements measurements) {
            super(github, answers, mapper, limits, measurements);
        }

        @Override
        public @Nullable Runner find(InstalledScope at, String name, Deadline deadline) {
            return null;
        }
    }

    /** Says of a moment what GitHub's clock shows now. */
    public static final class NowCounts extends GitHubClock {

        private final InstantSource clock;

        NowCounts(InstantSource clock) {
            super(clock);
            this.clock = clock;
        }

        @Override
        public synchronized Instant at(Instant ours) {
            return super.at(clock.instant());
        }
    }

    /** Is ahead by so much that what is 10 s old is 45 s old. */
    public static final class Impatient extends GitHubClock {

        private static final Duration AHEAD = Duration.ofSeconds(35);

        Impatient(InstantSource clock) {
            super(clock);
        }

        @Override
        public synchronized Instant at(Instant ours) {
            return super.at(ours).plus(AHEAD);
        }
    }
}
