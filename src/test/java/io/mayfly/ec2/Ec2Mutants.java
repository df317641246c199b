package io.mayfly.ec2;

import io.mayfly.aws.AwsClients;
import io.mayfly.aws.ServiceError;
import io.mayfly.metrics.Measurements;
import io.mayfly.time.Deadline;
import io.mayfly.time.TimeLimits;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What talks to EC2, broken on purpose. */
public final class Ec2Mutants {

    private Ec2Mutants() {}

    /** Takes no answer for a refusal. */
    public static final class SilenceIsRefusal extends Instances {

        SilenceIsRefusal(AwsClients clients, TimeLimits limits, Measurements measurements) {
            super(clients, limits, measurements);
        }

        @Override
        public LaunchResult launch(LaunchRequest launch, Offering offering, Deadline deadline) {
            return refused(super.launch(launch, offering, deadline), Ec2Error.UNCERTAIN);
        }
    }

    /** Goes on to the next choice when there is no answer. */
    public static final class SilenceIsNoCapacity extends Instances {

        SilenceIsNoCapacity(AwsClients clients, TimeLimits limits, Measurements measurements) {
            super(clients, limits, measurements);
        }

        @Override
        public LaunchResult launch(LaunchRequest launch, Offering offering, Deadline deadline) {
            return refused(super.launch(launch, offering, deadline), Ec2Error.CAPACITY);
        }
    }

    private static LaunchResult refused(LaunchResult result, Ec2Error kind) {
        return result instanceof LaunchResult.Unanswered unanswered
                ? new LaunchResult.Refused(kind, new ServiceError("Mutant", 500, unanswered.why(), "", false))
                : result;
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
}
