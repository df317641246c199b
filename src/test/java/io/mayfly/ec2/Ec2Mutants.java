package io.mayfly.ec2;

import io.mayfly.config.AwsClients;
import io.mayfly.config.Deadline;
import io.mayfly.config.TimeLimits;
import io.mayfly.metrics.Measurements;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What talks to EC2, broken on purpose. */
public final class Ec2Mutants {

    private Ec2Mutants() {}

    /** Takes no answer for a refusal. */
    public static final class SilenceIsRefusal extends Instances {

        SilenceIsRefusal(AwsClients clients, TimeLimits limits, Measurements measurements) {
            super(clients, limits, measurements);
        }

        @Override
        public LaunchResult launch(LaunchRequest launch, Choice choice, Deadline deadline) {
            return refused(super.launch(launch, choice, deadline), Refusal.UNCERTAIN);
        }
    }

    /** Goes on to the next choice when there is no answer. */
    public static final class SilenceIsNoCapacity extends Instances {

        SilenceIsNoCapacity(AwsClients clients, TimeLimits limits, Measurements measurements) {
            super(clients, limits, measurements);
        }

        @Override
        public LaunchResult launch(LaunchRequest launch, Choice choice, Deadline deadline) {
            return refused(super.launch(launch, choice, deadline), Refusal.CAPACITY);
        }
    }

    private static LaunchResult refused(LaunchResult result, Refusal kind) {
        return result instanceof LaunchResult.Unanswered unanswered
                ? new LaunchResult.Refused(kind, "Mutant", unanswered.why(), "")
                : result;
    }

    /** Does not ask for its own deployment alone. */
    public static final class EveryDeployment extends Instances {

        EveryDeployment(AwsClients clients, TimeLimits limits, Measurements measurements) {
            super(clients, limits, measurements);
        }

        @Override
        public List<Instance> withTags(Map<String, String> tags, Deadline deadline) {
            var others = new HashMap<>(tags);
            others.remove(Tags.DEPLOYMENT);
            return super.withTags(others, deadline);
        }
    }

    /** Ends at once what is suspected. */
    public static final class SuspectsAreEnded extends Instances {

        SuspectsAreEnded(AwsClients clients, TimeLimits limits, Measurements measurements) {
            super(clients, limits, measurements);
        }

        @Override
        public void tag(String id, String key, String value, Deadline deadline) {
            if (!value.isEmpty()) {
                terminate(List.of(id), deadline);
            }
        }
    }

    /** Shows no instance. */
    public static final class NoInstanceIsSeen extends Instances {

        NoInstanceIsSeen(AwsClients clients, TimeLimits limits, Measurements measurements) {
            super(clients, limits, measurements);
        }

        @Override
        public List<Instance> withTags(Map<String, String> tags, Deadline deadline) {
            return List.of();
        }
    }
}
