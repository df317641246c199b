package io.mayfly.pool;

import io.mayfly.ec2.CapacityType;
import io.mayfly.ec2.Offering;
import io.mayfly.github.Repository;
import io.mayfly.github.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A kind of runner: the labels it answers to and the instances it is made of.
 *
 * @param labels in the order and case in which they are registered
 * @param ami an id, or {@code ssm:/path}
 * @param maxRunners a soft ceiling for pending and running instances
 * @param volumeGb root volume in GB
 * @param instanceProfile name or ARN; null: the instance has no AWS permissions
 * @param sudo whether jobs may become root
 * @param connect whether operators may open a shell on its instances, and keep them after their jobs
 * @param tags put on instance and volume beside our own
 */
public record Pool(
        String name,
        List<String> labels,
        String ami,
        List<String> instanceTypes,
        List<String> subnets,
        List<String> securityGroups,
        Level level,
        Markets markets,
        int maxRunners,
        int volumeGb,
        String rootDevice,
        @Nullable String instanceProfile,
        @Nullable String keyName,
        long runnerGroupId,
        boolean sudo,
        boolean connect,
        Map<String, String> tags,
        Timeouts timeouts) {

    /** Where the pool's runners are registered. */
    public enum Level {
        REPOSITORY,
        ORGANIZATION
    }

    /** How its instances are bought, in this order. */
    public enum Markets {
        ON_DEMAND,
        SPOT,
        SPOT_THEN_ON_DEMAND;

        private List<CapacityType> order() {
            return switch (this) {
                case ON_DEMAND -> List.of(CapacityType.ON_DEMAND);
                case SPOT -> List.of(CapacityType.SPOT);
                case SPOT_THEN_ON_DEMAND -> List.of(CapacityType.SPOT, CapacityType.ON_DEMAND);
            };
        }
    }

    /** All ways to launch, in the order to try them: every type and subnet of a market before the next market. */
    public List<Offering> offerings() {
        var offerings = new ArrayList<Offering>();
        for (var market : markets.order()) {
            for (var type : instanceTypes) {
                for (var subnet : subnets) {
                    offerings.add(new Offering(type, subnet, market));
                }
            }
        }
        return offerings;
    }

    /**
     * Where the runners are registered that serve a repository; null when the pool is for organizations and the repository
     * belongs to none.
     */
    public @Nullable Scope scope(Repository repository) {
        if (level == Level.REPOSITORY) {
            return new Scope.OfRepository(repository.fullName());
        }
        var organization = repository.organization();
        return organization == null ? null : new Scope.OfOrganization(organization.login());
    }

    /** Whether its instances may be spot instances. */
    public boolean usesSpot() {
        return markets.order().contains(CapacityType.SPOT);
    }
}
