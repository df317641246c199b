package io.mayfly.ec2;

import io.mayfly.aws.AwsClients;
import io.mayfly.ec2.LaunchResult.Launched;
import io.mayfly.ec2.LaunchResult.Refused;
import io.mayfly.ec2.LaunchResult.Unanswered;
import io.mayfly.http.Answer;
import io.mayfly.metrics.Measurements;
import io.mayfly.metrics.Metric;
import io.mayfly.outcome.ConfigurationException;
import io.mayfly.outcome.Excerpt;
import io.mayfly.outcome.UnavailableException;
import io.mayfly.time.Deadline;
import io.mayfly.time.TimeLimits;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
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
    private static final int SHOWN_OF_A_CODE = 80;
    private static final int SHOWN_OF_A_MESSAGE = 500;
    private static final Duration THROTTLED_FOR = Duration.ofSeconds(5);

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
            var refusal = Ec2Error.of(code(e), e.statusCode());
            return refusal == Ec2Error.UNCERTAIN || (refusal == Ec2Error.THROTTLED && wasRepeated(e))
                    ? new Unanswered("EC2 failed: " + code(e) + " (request " + e.requestId() + ")")
                    : new Refused(refusal, code(e), message(e), requestId(e));
        } catch (SdkClientException e) {
            LOG.warnf("no answer from EC2 to RunInstances why=%s", e.getMessage());
            return new Unanswered("EC2 did not answer RunInstances");
        }
    }

    /**
     * Whether the call was sent before, without an answer. EC2 throttles before it looks at the client token, so to be
     * throttled then does not tell what became of the first try; every other refusal does.
     */
    private static boolean wasRepeated(AwsServiceException e) {
        var attempts = e.numAttempts();
        var details = e.awsErrorDetails();
        return (attempts != null && attempts > 1)
                || (details != null
                        && details.sdkHttpResponse() != null
                        && Answer.isRepeated(details.sdkHttpResponse().headers()));
    }

    /** Makes the calls of a launch without sending them, so that the first real one finds all in place. */
    public void rehearse(Duration limit) {
        var launch = new LaunchRequest(
                "rehearsal", 1, "ami-0", List.of("sg-0"), 1, "/dev/sda1", null, null, Map.of("Name", "x"), "");
        var offering = new Offering("t3.micro", "subnet-0", CapacityType.SPOT);
        clients.rehearse(
                limit,
                CannedAnswers.RUN_INSTANCES,
                () -> client().runInstances(
                                RunInstances.request(launch, offering).build()));
        clients.rehearse(
                limit,
                CannedAnswers.DESCRIBE_INSTANCES,
                () -> client().describeInstances(request -> request.filters(
                                Filter.builder().name("tag:x").values("y").build())
                        .maxResults(PAGE)));
        UserData.render("rehearsal", "QQ==", limit, limit, limit, true, true);
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
            if (!code(e).startsWith("InvalidInstanceID")) {
                throw failed("TerminateInstances", e);
            }
            return terminateOneByOne(ids, deadline);
        } catch (SdkClientException e) {
            throw unanswered("TerminateInstances", e);
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
            throw failed("CreateTags", e);
        } catch (SdkClientException e) {
            throw unanswered("CreateTags", e);
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
            if (latest && code(e).equals("UnsupportedOperation")) {
                return consoleOutput(id, false, deadline);
            }
            throw failed("GetConsoleOutput", e);
        } catch (SdkClientException e) {
            throw unanswered("GetConsoleOutput", e);
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
                                .map(Instances::instance)
                                .forEach(found::add));
                next = page.nextToken();
            } catch (AwsServiceException e) {
                throw failed("DescribeInstances", e);
            } catch (SdkClientException e) {
                throw unanswered("DescribeInstances", e);
            }
        } while (next != null && !next.isEmpty());
        return found;
    }

    private static Instance instance(software.amazon.awssdk.services.ec2.model.Instance instance) {
        if (instance.instanceId() == null || instance.state() == null || instance.launchTime() == null) {
            throw new UnavailableException("EC2's answer to DescribeInstances was not understood");
        }
        return new Instance(
                instance.instanceId(),
                instance.state().nameAsString(),
                instance.launchTime(),
                instance.instanceTypeAsString() == null ? "" : instance.instanceTypeAsString(),
                "spot".equals(instance.instanceLifecycleAsString()) ? CapacityType.SPOT : CapacityType.ON_DEMAND,
                instance.tags().stream()
                        .filter(tag -> tag.key() != null && tag.value() != null)
                        .collect(Collectors.toMap(Tag::key, Tag::value, (first, second) -> first)));
    }

    private static UnavailableException unanswered(String action, SdkClientException e) {
        LOG.warnf("no answer from EC2 to %s why=%s", action, e.getMessage());
        return new UnavailableException("EC2 did not answer " + action);
    }

    private static RuntimeException failed(String action, AwsServiceException e) {
        var what = action + ": " + code(e) + " (request " + requestId(e) + ")";
        return switch (Ec2Error.of(code(e), e.statusCode())) {
            case THROTTLED -> new UnavailableException("EC2 throttled " + what, THROTTLED_FOR);
            case CONFIGURATION -> new ConfigurationException("IAM permission ec2:" + action, "EC2 refused " + what);
            case CAPACITY, QUOTA, UNCERTAIN -> new UnavailableException("EC2 failed on " + what);
        };
    }

    private static String code(AwsServiceException e) {
        var details = e.awsErrorDetails();
        return details == null || details.errorCode() == null ? "" : Excerpt.of(details.errorCode(), SHOWN_OF_A_CODE);
    }

    private static String message(AwsServiceException e) {
        var details = e.awsErrorDetails();
        return details == null || details.errorMessage() == null
                ? ""
                : Excerpt.of(details.errorMessage(), SHOWN_OF_A_MESSAGE);
    }

    private static String requestId(AwsServiceException e) {
        return Excerpt.of(String.valueOf(e.requestId()), SHOWN_OF_A_CODE);
    }

    private synchronized Ec2Client client() {
        if (client == null) {
            client = clients.configure(Ec2Client.builder(), "EC2");
        }
        return client;
    }
}
