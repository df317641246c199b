package io.mayfly.ec2;

import io.mayfly.aws.AwsClients;
import io.mayfly.aws.ServiceError;
import io.mayfly.metrics.Measurements;
import io.mayfly.time.Deadline;
import io.mayfly.time.TimeLimits;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What talks to EC2, broken on purpose. */
public final class Ec2Mutants {

    private Ec2Mutants() {}

    /** Goes on to the next choice when there is no answer. */
    public static final class SilenceIsNoCapacity extends Instances {

        SilenceIsNoCapacity(AwsClients clients, TimeLimits limits, Measurements measurements) {
            super(clients, limits, measurements);
        }

        @Override
        public LaunchResult launch(LaunchRequest launch, Offering offering, Deadline deadline) {
            var result = super.launch(launch, offering, deadline);
            return result instanceof LaunchResult.Unanswered unanswered
                    ? new LaunchResult.Refused(
                            Ec2Error.CAPACITY, new ServiceError("Mutant", 500, unanswered.why(), "", false))
                    : result;
        }
    }

    /** Takes every 5xx for a failure of EC2, though the code says which zone or type has none. */
    public static final class StatusDecides extends Instances {

        StatusDecides(AwsClients clients, TimeLimits limits, Measurements measurements) {
            super(clients, limits, measurements);
        }

        @Override
        public LaunchResult launch(LaunchRequest launch, Offering offering, Deadline deadline) {
            var result = super.launch(launch, offering, deadline);
            return result instanceof LaunchResult.Refused refused
                            && refused.kind() == Ec2Error.CAPACITY
                            && refused.error().status() >= 500
                    ? new LaunchResult.Unanswered("EC2 failed: " + refused.error())
                    : result;
        }
    }

    /** Does not ask for its own deployment alone. */
    public static final class EveryDeployment extends Instances {

        EveryDeployment(AwsClients clients, TimeLimits limits, Measurements measurements) {
            super(clients, limits, measurements);
        }

        @Override
        List<Instance> withTags(Map<String, String> tags, Duration limit, Deadline deadline) {
            var others = new HashMap<>(tags);
            others.remove(Tags.DEPLOYMENT);
            return super.withTags(others, limit, deadline);
        }
    }

    /** Ends at once what is suspected. */
    public static final class SuspectsAreEnded extends Instances {

        SuspectsAreEnded(AwsClients clients, TimeLimits limits, Measurements measurements) {
            super(clients, limits, measurements);
        }

        @Override
        public void tag(String id, Map<String, String> tags, Deadline deadline) {
            var suspect = tags.getOrDefault(Tags.SUSPECT, "");
            if (suspect.isEmpty()) {
                super.tag(id, tags, deadline);
            } else {
                terminate(id, deadline);
            }
        }
    }

    /** Shows no instance. */
    public static final class NoInstanceIsSeen extends Instances {

        NoInstanceIsSeen(AwsClients clients, TimeLimits limits, Measurements measurements) {
            super(clients, limits, measurements);
        }

        @Override
        List<Instance> withTags(Map<String, String> tags, Duration limit, Deadline deadline) {
            return List.of();
        }

        @Override
        public @Nullable Instance find(String id, Deadline deadline) {
            return null;
        }
    }

    /** Leaves the tag of a claim for later. */
    public static final class TagsLater extends Instances {

        TagsLater(AwsClients clients, TimeLimits limits, Measurements measurements) {
            super(clients, limits, measurements);
        }

        @Override
        public void tag(String id, Map<String, String> tags, Deadline deadline) {}
    }

    /** Shows no instance as claimed. */
    public static class TagIsIgnored extends Instances {

        TagIsIgnored(AwsClients clients, TimeLimits limits, Measurements measurements) {
            super(clients, limits, measurements);
        }

        @Override
        public @Nullable Instance find(String id, Deadline deadline) {
            var instance = super.find(id, deadline);
            return instance == null ? null : unclaimed(instance);
        }

        private static Instance unclaimed(Instance instance) {
            var tags = new HashMap<>(instance.tags());
            tags.remove(Tags.RUNNER_ID);
            return new Instance(
                    instance.id(),
                    instance.account(),
                    instance.state(),
                    instance.launchedAt(),
                    instance.type(),
                    instance.capacityType(),
                    tags,
                    instance.stateReason());
        }
    }

    /** Withdraws an instance by the tag of its runner. */
    public static final class WithdrawsByTheRunnersTag extends Instances {

        WithdrawsByTheRunnersTag(AwsClients clients, TimeLimits limits, Measurements measurements) {
            super(clients, limits, measurements);
        }

        @Override
        public void tag(List<String> ids, Map<String, String> tags, Deadline deadline) {
            super.tag(ids, tags.containsKey(Tags.WITHDRAWN) ? Map.of(Tags.RUNNER_ID, "1") : tags, deadline);
        }
    }

    /** Shows no instance that has ended. */
    public static final class EndedAreForgotten extends Instances {

        EndedAreForgotten(AwsClients clients, TimeLimits limits, Measurements measurements) {
            super(clients, limits, measurements);
        }

        @Override
        public List<Instance> withTags(Map<String, String> tags, Deadline deadline) {
            return super.withTags(tags, deadline).stream()
                    .filter(Instance::isLive)
                    .toList();
        }
    }

    /** Takes some for all that were asked for. */
    public static final class SomeAreAll extends Instances {

        SomeAreAll(AwsClients clients, TimeLimits limits, Measurements measurements) {
            super(clients, limits, measurements);
        }

        @Override
        public LaunchResult launch(LaunchRequest launch, Offering offering, Deadline deadline) {
            var result = super.launch(launch, offering, deadline);
            return result instanceof LaunchResult.Launched some
                    ? new LaunchResult.Launched(Collections.nCopies(
                            launch.number(), some.instanceIds().getFirst()))
                    : result;
        }
    }

    /** Does not ask for one run's alone. */
    public static final class EveryRun extends Instances {

        EveryRun(AwsClients clients, TimeLimits limits, Measurements measurements) {
            super(clients, limits, measurements);
        }

        @Override
        public List<Instance> withTags(Map<String, String> tags, Deadline deadline) {
            var others = new HashMap<>(tags);
            others.remove(Tags.RUN);
            return super.withTags(others, deadline);
        }
    }

    /** Shows nothing that was withdrawn. */
    public static final class WithdrawnAreForgotten extends Instances {

        WithdrawnAreForgotten(AwsClients clients, TimeLimits limits, Measurements measurements) {
            super(clients, limits, measurements);
        }

        @Override
        public List<Instance> withTags(Map<String, String> tags, Deadline deadline) {
            return super.withTags(tags, deadline).stream()
                    .filter(instance -> !instance.isWithdrawn())
                    .toList();
        }
    }
}
