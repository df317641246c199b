package io.mayfly.ec2;

import io.mayfly.aws.AwsClients;
import io.mayfly.ec2.LaunchResult.Launched;
import io.mayfly.ec2.LaunchResult.Refused;
import io.mayfly.ec2.LaunchResult.Unanswered;
import io.mayfly.metrics.Measurements;
import io.mayfly.metrics.Metric;
import io.mayfly.outcome.UnavailableException;
import io.mayfly.time.Deadline;
import io.mayfly.time.TimeLimits;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.Tag;

/** The instances of EC2. */
@Singleton
public class Instances {

    private static final Logger LOG = Logger.getLogger(Instances.class);
    private static final int PAGE = 1000;

    private final AwsClients clients;
    private final TimeLimits limits;
    private final Measurements measurements;
    private @Nullable Ec2Client client;

    Instances(AwsClients clients, TimeLimits limits, Measurements measurements) {
        this.clients = clients;
        this.limits = limits;
        this.measurements = measurements;
    }

    /** One try to launch, by one choice. */
    public LaunchResult launch(LaunchRequest launch, Offering offering, Deadline deadline) {
        var limit = deadline.limit(limits.runInstances());
        try {
            var request = RunInstances.request(launch, offering).build();
            var answer = clients.within(limit, () -> client().runInstances(request));
            if (answer.instances().isEmpty() || answer.instances().getFirst().instanceId() == null) {
                return new Unanswered("EC2 answered without an instance");
            }
            measurements.count(Metric.LAUNCHES);
            return new Launched(answer.instances().getFirst().instanceId());
        } catch (AwsServiceException e) {
            var refusal = Ec2Error.of(Ec2Answers.code(e), e.statusCode());
            return refusal == Ec2Error.UNCERTAIN || (refusal == Ec2Error.THROTTLED && Ec2Answers.wasRepeated(e))
                    ? new Unanswered("EC2 failed: " + Ec2Answers.code(e) + " (request " + e.requestId() + ")")
                    : new Refused(refusal, Ec2Answers.code(e), Ec2Answers.message(e), Ec2Answers.requestId(e));
        } catch (SdkClientException e) {
            LOG.warnf("no answer from EC2 to RunInstances why=%s", e.getMessage());
            return new Unanswered("EC2 did not answer RunInstances");
        }
    }

    /** All instances whose tags have the given values, in whatever state. */
    public List<Instance> withTags(Map<String, String> tags, Deadline deadline) {
        return find(tags, List.of(), deadline);
    }

    /** The pending and running instances whose tags have the given values. */
    public List<Instance> liveWithTags(Map<String, String> tags, Deadline deadline) {
        return find(tags, List.of("pending", "running"), deadline);
    }

    /**
     * Terminates instances; those that are gone already are no error.
     *
     * @return the ids of those that EC2 knew
     */
    public List<String> terminate(Collection<String> ids, Deadline deadline) {
        if (ids.isEmpty()) {
            return List.of();
        }
        try {
            var limit = deadline.limit(limits.terminate());
            var answer = clients.within(limit, () -> client().terminateInstances(request -> request.instanceIds(ids)));
            var ended = answer.terminatingInstances().stream()
                    .map(change -> change.instanceId())
                    .filter(Objects::nonNull)
                    .toList();
            measurements.count(Metric.TERMINATIONS, ended.size());
            return ended;
        } catch (AwsServiceException e) {
            if (!Ec2Answers.code(e).startsWith("InvalidInstanceID")) {
                throw Ec2Answers.failed("TerminateInstances", e);
            }
            return terminateOneByOne(ids, deadline);
        } catch (SdkClientException e) {
            throw Ec2Answers.unanswered("TerminateInstances", e);
        }
    }

    /** One unknown id makes EC2 end none of a call's instances. */
    private List<String> terminateOneByOne(Collection<String> ids, Deadline deadline) {
        if (ids.size() == 1) {
            return List.of();
        }
        return ids.stream()
                .flatMap(id -> terminate(List.of(id), deadline).stream())
                .toList();
    }

    /** Sets a tag of an instance. */
    public void tag(String id, String key, String value, Deadline deadline) {
        var limit = deadline.limit(limits.terminate());
        try {
            clients.within(
                    limit,
                    () -> client().createTags(request -> request.resources(id)
                            .tags(Tag.builder().key(key).value(value).build())));
        } catch (AwsServiceException e) {
            throw Ec2Answers.failed("CreateTags", e);
        } catch (SdkClientException e) {
            throw Ec2Answers.unanswered("CreateTags", e);
        }
    }

    /**
     * What an instance has written on its console, ended ones included; empty when EC2 has nothing. Only Nitro instances
     * show the latest, others what EC2 had buffered.
     */
    public String consoleOutput(String id, Deadline deadline) {
        return consoleOutput(id, true, deadline);
    }

    private String consoleOutput(String id, boolean latest, Deadline deadline) {
        var limit = deadline.limit(limits.describe());
        try {
            var output = clients.within(
                            limit,
                            () -> client().getConsoleOutput(
                                            request -> request.instanceId(id).latest(latest)))
                    .output();
            return output == null ? "" : new String(Base64.getMimeDecoder().decode(output), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new UnavailableException("EC2's answer to GetConsoleOutput is not base64");
        } catch (AwsServiceException e) {
            if (latest && Ec2Answers.code(e).equals("UnsupportedOperation")) {
                return consoleOutput(id, false, deadline);
            }
            throw Ec2Answers.failed("GetConsoleOutput", e);
        } catch (SdkClientException e) {
            throw Ec2Answers.unanswered("GetConsoleOutput", e);
        }
    }

    private List<Instance> find(Map<String, String> tags, List<String> states, Deadline deadline) {
        var filters = new ArrayList<Filter>();
        tags.forEach((key, value) ->
                filters.add(Filter.builder().name("tag:" + key).values(value).build()));
        if (!states.isEmpty()) {
            filters.add(
                    Filter.builder().name("instance-state-name").values(states).build());
        }
        var found = new ArrayList<Instance>();
        String next = null;
        do {
            var token = next;
            var limit = deadline.limit(limits.describe());
            try {
                var page = clients.within(
                        limit,
                        () -> client().describeInstances(request ->
                                request.filters(filters).maxResults(PAGE).nextToken(token)));
                page.reservations()
                        .forEach(reservation -> reservation.instances().stream()
                                .map(Ec2Answers::instance)
                                .forEach(found::add));
                next = page.nextToken();
            } catch (AwsServiceException e) {
                throw Ec2Answers.failed("DescribeInstances", e);
            } catch (SdkClientException e) {
                throw Ec2Answers.unanswered("DescribeInstances", e);
            }
        } while (next != null && !next.isEmpty());
        return found;
    }

    private synchronized Ec2Client client() {
        if (client == null) {
            client = clients.configure(Ec2Client.builder(), "EC2");
        }
        return client;
    }
}
