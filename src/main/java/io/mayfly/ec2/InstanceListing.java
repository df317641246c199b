package io.mayfly.ec2;

import io.mayfly.outcome.UnavailableException;
import io.mayfly.time.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.ec2.model.DescribeInstancesRequest;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.Tag;

/** The list of instances that have given tags, from as many pages as EC2 makes of it. */
final class InstanceListing {

    /** EC2 gives up to 1,000, which are 5 MB: more than Lambda's share of a CPU reads within a call's limit. */
    private static final int PAGE = 200;

    private final Ec2Calls calls;
    private final Duration limit;

    /**
     * A list.
     *
     * @param limit of a page
     */
    InstanceListing(Ec2Calls calls, Duration limit) {
        this.calls = calls;
        this.limit = limit;
    }

    /** The request for the first page of those with these tags, in whatever state. */
    static DescribeInstancesRequest request(Map<String, String> tags) {
        return request(tags.entrySet().stream()
                .map(tag -> filter("tag:" + tag.getKey(), tag.getValue()))
                .toList());
    }

    /** The request for one. As a filter an unknown id is no error. */
    static DescribeInstancesRequest request(String id) {
        return request(List.of(filter("instance-id", id)));
    }

    private static DescribeInstancesRequest request(List<Filter> filters) {
        return DescribeInstancesRequest.builder()
                .filters(filters)
                .maxResults(PAGE)
                .build();
    }

    private static Filter filter(String name, String value) {
        return Filter.builder().name(name).values(value).build();
    }

    List<Instance> read(DescribeInstancesRequest first, Deadline deadline) {
        var found = new ArrayList<Instance>();
        var request = first;
        while (true) {
            var asked = request;
            var page =
                    calls.make("DescribeInstances", deadline.limit(limit), client -> client.describeInstances(asked));
            page.reservations()
                    .forEach(reservation -> reservation.instances().stream()
                            .map(instance -> instance(instance, reservation.ownerId()))
                            .forEach(found::add));
            if (page.nextToken() == null || page.nextToken().isEmpty()) {
                return found;
            }
            request = first.toBuilder().nextToken(page.nextToken()).build();
        }
    }

    private static Instance instance(
            software.amazon.awssdk.services.ec2.model.Instance instance, @Nullable String owner) {
        if (instance.instanceId() == null || instance.state() == null || instance.launchTime() == null) {
            throw new UnavailableException("EC2's answer to DescribeInstances was not understood");
        }
        return new Instance(
                instance.instanceId(),
                owner == null ? "" : owner,
                instance.state().nameAsString(),
                instance.launchTime(),
                instance.instanceTypeAsString() == null ? "" : instance.instanceTypeAsString(),
                "spot".equals(instance.instanceLifecycleAsString()) ? CapacityType.SPOT : CapacityType.ON_DEMAND,
                instance.tags().stream()
                        .filter(tag -> tag.key() != null && tag.value() != null)
                        .collect(Collectors.toMap(Tag::key, Tag::value, (first, second) -> first)),
                StateReason.of(instance.stateReason()));
    }
}
