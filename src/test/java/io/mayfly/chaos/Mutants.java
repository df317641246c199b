package io.mayfly.chaos;

import io.mayfly.chaos.Violation.Promise;
import io.mayfly.claim.ClaimMutants;
import io.mayfly.claim.ClaimResource;
import io.mayfly.ec2.Ec2Mutants;
import io.mayfly.ec2.Instances;
import io.mayfly.github.Deliveries;
import io.mayfly.github.GitHubClock;
import io.mayfly.github.GitHubMutants;
import io.mayfly.github.RunnerIdentity;
import io.mayfly.github.RunnerRegistrar;
import io.mayfly.github.Runners;
import io.mayfly.metrics.Measurements;
import io.mayfly.metrics.MetricsMutants;
import io.mayfly.queue.QueueMutants;
import io.mayfly.runner.RunnerMutants;
import io.mayfly.sweep.Sweep;
import io.mayfly.sweep.SweepMutants;
import io.mayfly.time.ClockOfYesterday;
import io.mayfly.time.EarlyClock;
import io.mayfly.time.SlowClock;
import java.time.InstantSource;
import java.util.List;

/** How the application is broken on purpose, each in one way. The suite has to catch them all. */
final class Mutants {

    private static final Class<?> END = bean("io.mayfly.runner.RunnerTerminator");
    private static final Class<?> LAUNCH = bean("io.mayfly.fleet.RunnerLaunch");
    private static final Class<?> FLEET = bean("io.mayfly.fleet.Fleet");
    private static final Class<?> WAITING = bean("io.mayfly.sweep.WaitingJobs");
    private static final Class<?> DEMAND = bean("io.mayfly.sweep.DemandCalculator");
    private static final Class<?> INTAKE = bean("io.mayfly.queue.Intake");
    private static final Class<?> BURST = bean("io.mayfly.fleet.BurstLaunch");
    private static final Class<?> OVERDUE = bean("io.mayfly.sweep.InstanceReaper");
    private static final Class<?> INVENTORY = bean("io.mayfly.sweep.InventoryReader");
    private static final Class<?> LOST = bean("io.mayfly.sweep.OrphanedRegistrations");

    private static final Class<?> RUNNER_TAG = bean("io.mayfly.claim.RunnerTag");
    private static final Class<?> CLAIM = bean("io.mayfly.claim.RunnerClaim");
    private static final Class<?> REGISTRAR = RunnerRegistrar.class;
    private static final Class<?> WITHDRAWAL = bean("io.mayfly.runner.Withdrawal");

    private Mutants() {}

    static List<Mutant> all() {
        return List.of(
                Mutant.of(
                                "422 is taken for a deletion",
                                Promise.NO_BUSY_RUNNER_IS_ENDED,
                                Promise.WHAT_GITHUB_CALLS_BUSY_IS_LEFT)
                        .with(Runners.class, GitHubMutants.BusyIsDeleted.class),
                Mutant.of("a runner's name proves whose it is", Promise.NO_BUSY_RUNNER_IS_ENDED)
                        .with(END, RunnerMutants.NameIsProof.class)
                        .from(13),
                Mutant.of("suspects are ended at the first look", Promise.NO_BUSY_RUNNER_IS_ENDED)
                        .within(OVERDUE, Instances.class, Ec2Mutants.SuspectsAreEnded.class)
                        .in(Scenario.LULL)
                        .from(4),
                Mutant.of("whoever looks offline was never online", Promise.NO_BUSY_RUNNER_IS_ENDED)
                        .within(OVERDUE, Runners.class, GitHubMutants.NobodyWasOnline.class)
                        .in(Scenario.STORM),
                Mutant.of("every deployment's instances are ours", Promise.NOTHING_OF_OTHERS_IS_TOUCHED)
                        .with(Instances.class, Ec2Mutants.EveryDeployment.class),
                Mutant.of("every registration is ours", Promise.ONLY_OUR_REGISTRATIONS_ARE_DELETED)
                        .with(RunnerIdentity.class, GitHubMutants.EverythingIsOurs.class),
                Mutant.of("a random client token", Promise.ONE_LAUNCH_FOR_A_DELIVERY)
                        .tampering(Tamperings.RANDOM_CLIENT_TOKEN)
                        .in(Scenario.GALE)
                        .from(2),
                Mutant.of("a batch's token is random", Promise.ONE_LAUNCH_FOR_A_DELIVERY)
                        .tampering(Tamperings.RANDOM_TOKEN_OF_A_BATCH)
                        .in(Scenario.GALE),
                Mutant.of("some are taken for all", Promise.ANOTHER_ZONE_IS_TRIED)
                        .within(FLEET, Instances.class, Ec2Mutants.SomeAreAll.class)
                        .in(Scenario.SURGE),
                Mutant.of("the sweep launches at 10 s", Promise.TIME_IS_THE_LOCK)
                        .within(DEMAND, GitHubClock.class, GitHubMutants.Impatient.class),
                Mutant.of("age is judged after the look", Promise.TIME_IS_THE_LOCK)
                        .within(DEMAND, GitHubClock.class, GitHubMutants.NowCounts.class)
                        .from(3),
                Mutant.of("young jobs are left out of the count", Promise.A_LOST_WEBHOOK_COSTS_A_SWEEP)
                        .with(WAITING, SweepMutants.YoungAreLeftOut.class)
                        .in(Scenario.DRIZZLE),
                Mutant.of("a late sweep launches", Promise.TIME_IS_THE_LOCK)
                        .with(Sweep.class, SweepMutants.NeverLate.class)
                        .from(10),
                Mutant.of("an instance of another run is withdrawn", Promise.ONE_WITHDRAWAL_FOR_A_JOB)
                        .within(WITHDRAWAL, Instances.class, Ec2Mutants.EveryRun.class)
                        .in(Scenario.SIEGE)
                        .from(2),
                Mutant.of("a repeated completed withdraws a second", Promise.ONE_WITHDRAWAL_FOR_A_JOB)
                        .within(WITHDRAWAL, Instances.class, Ec2Mutants.WithdrawnAreForgotten.class)
                        .in(Scenario.SIEGE)
                        .from(6),
                Mutant.of("the consumer takes old messages", Promise.TIME_IS_THE_LOCK)
                        .within(INTAKE, InstantSource.class, SlowClock.class)
                        .within(BURST, InstantSource.class, SlowClock.class)
                        .within(FLEET, InstantSource.class, SlowClock.class)
                        .in(Scenario.SURGE)
                        .from(3),
                Mutant.of("a repeated message launches again", Promise.A_MESSAGE_IS_LAUNCHED_FOR_ONCE)
                        .with(INTAKE, QueueMutants.CountsTwice.class)
                        .in(Scenario.SURGE),
                Mutant.of("another choice after no answer", Promise.ONE_LAUNCH_FOR_A_DELIVERY)
                        .within(FLEET, Instances.class, Ec2Mutants.SilenceIsNoCapacity.class),
                Mutant.of(
                                "the status is taken for the code",
                                Promise.EVERY_JOB_IS_SERVED,
                                Promise.ANOTHER_ZONE_IS_TRIED)
                        .within(FLEET, Instances.class, Ec2Mutants.StatusDecides.class)
                        .from(5),
                Mutant.of("a claim is answered before its tag", Promise.NO_CONFIGURATION_BEFORE_ITS_TAG)
                        .within(RUNNER_TAG, Instances.class, Ec2Mutants.TagsLater.class),
                Mutant.of("the tag of a claim is ignored", Promise.ONE_RUNNER_FOR_AN_INSTANCE)
                        .within(CLAIM, Instances.class, Ec2Mutants.TagIsIgnored.class),
                Mutant.of("the body names the instance", Promise.A_CLAIM_IS_FOR_ITS_OWN_INSTANCE)
                        .with(ClaimResource.class, ClaimMutants.BelievesTheBody.class)
                        .tampering(Tamperings.BODY_NAMES_THE_INSTANCE),
                Mutant.of("the account is not compared", Promise.A_CLAIM_IS_FOR_ITS_OWN_INSTANCE)
                        .tampering(Tamperings.ANY_ACCOUNT),
                Mutant.of("the client's request is forwarded", Promise.A_CLAIM_IS_FOR_ITS_OWN_INSTANCE)
                        .with(ClaimResource.class, ClaimMutants.BelievesTheBody.class)
                        .tampering(Tamperings.FORWARDED)
                        .from(2),
                Mutant.of("never online is a proof", Promise.ONE_RUNNER_FOR_AN_INSTANCE)
                        .within(REGISTRAR, Runners.class, GitHubMutants.NeverOnlineIsProof.class)
                        .in(Scenario.SIEGE)
                        .from(2),
                Mutant.of("409 is taken for our own", Promise.ONE_RUNNER_FOR_AN_INSTANCE)
                        .within(REGISTRAR, Runners.class, GitHubMutants.TakenIsOurs.class)
                        .in(Scenario.SIEGE),
                Mutant.of("withdraws by the runner's tag", Promise.THE_TAG_OF_A_CLAIM_STAYS)
                        .within(WITHDRAWAL, Instances.class, Ec2Mutants.WithdrawsByTheRunnersTag.class),
                Mutant.of("the withdrawn are ended at the first look", Promise.NO_CLAIMED_INSTANCE_IS_WITHDRAWN)
                        .within(WITHDRAWAL, InstantSource.class, EarlyClock.class)
                        .within(OVERDUE, Runners.class, GitHubMutants.NobodyIsKnown.class)
                        .in(Scenario.SIEGE)
                        .from(5),
                Mutant.of(
                                "who does not claim is supply for ever",
                                Promise.EVERY_JOB_IS_SERVED,
                                Promise.NO_INSTANCE_IS_LEFT)
                        .tampering(Tamperings.UNCLAIMED_FOR_EVER),
                Mutant.of("pacing off", Promise.NO_MORE_LAUNCHES_THAN_REGISTRATIONS)
                        .with(RunnerRegistrar.class, GitHubMutants.Unpaced.class)
                        .in(Scenario.FLOOD),
                Mutant.of("the second App only after three refusals", Promise.NO_CLAIM_WAITS_WHILE_AN_APP_IS_FREE)
                        .with(RunnerRegistrar.class, GitHubMutants.SecondAppLate.class)
                        .in(Scenario.FLOOD),
                Mutant.of("no brake", Promise.FEW_WHERE_NONE_CLAIMS)
                        .with(Instances.class, Ec2Mutants.EndedAreForgotten.class)
                        .in(Scenario.DROUGHT),
                Mutant.of("a stale event is believed", Promise.NO_LAUNCH_FOR_AN_ENDED_JOB)
                        .within(LAUNCH, InstantSource.class, ClockOfYesterday.class)
                        .within(FLEET, InstantSource.class, ClockOfYesterday.class),
                Mutant.of(
                                "the first page of instances is all",
                                Promise.A_BOOTING_INSTANCE_KEEPS_ITS_REGISTRATION,
                                Promise.NO_INSTANCE_IS_LEFT,
                                Promise.FEW_EXTRA_LAUNCHES)
                        .tampering(Tamperings.ONE_PAGE_OF_INSTANCES)
                        .from(7),
                Mutant.of(
                                "the first page of runners is all",
                                Promise.NO_REGISTRATION_IS_LEFT,
                                Promise.EVERY_JOB_IS_SERVED)
                        .tampering(Tamperings.ONE_PAGE_OF_LISTS),
                Mutant.of("the first page of deliveries is all", Promise.EVERY_DELIVERY_IS_ANSWERED)
                        .tampering(Tamperings.ONE_PAGE_OF_DELIVERIES),
                Mutant.of("jobs in runs in progress are not seen", Promise.EVERY_JOB_IS_SERVED)
                        .tampering(Tamperings.QUEUED_RUNS_ONLY),
                Mutant.of(
                                "runs in other states are not seen",
                                Promise.EVERY_JOB_IS_SERVED,
                                Promise.NO_BUSY_RUNNER_IS_ENDED)
                        .tampering(Tamperings.KNOWN_STATES_ONLY),
                Mutant.of("one odd entry blinds the sweep", Promise.EVERY_JOB_IS_SERVED)
                        .tampering(Tamperings.BLINDED),
                Mutant.of("the runner that a tag names is ours", Promise.ONLY_OUR_REGISTRATIONS_ARE_DELETED)
                        .within(OVERDUE, RunnerIdentity.class, GitHubMutants.EverythingIsOurs.class)
                        .from(2),
                Mutant.of("a tag becomes a path", Promise.ONLY_RUNNERS_ARE_CHANGED)
                        .tampering(Tamperings.TAG_AS_PATH),
                Mutant.of("the sweep sees no job", Promise.EVERY_JOB_IS_SERVED).tampering(Tamperings.NO_RUNS),
                Mutant.of("the sweep sees no instance", Promise.FEW_EXTRA_LAUNCHES, Promise.NO_INSTANCE_IS_LEFT)
                        .within(INVENTORY, Instances.class, Ec2Mutants.NoInstanceIsSeen.class),
                Mutant.of("nothing is redelivered", Promise.EVERY_DELIVERY_IS_ANSWERED)
                        .with(Deliveries.class, GitHubMutants.NothingIsRedelivered.class),
                Mutant.of("a deleted registration is not counted", Promise.METRICS_ADD_UP)
                        .with(Measurements.class, MetricsMutants.ForgetsDeregistrations.class)
                        .in(Scenario.BREEZE),
                Mutant.of("lost registrations stay", Promise.NO_REGISTRATION_IS_LEFT)
                        .within(LOST, Runners.class, GitHubMutants.NothingIsDeleted.class));
    }

    private static Class<?> bean(String name) {
        try {
            return Class.forName(name);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }
}
