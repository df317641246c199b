package io.mayfly.ec2;

import io.mayfly.aws.AwsClients;
import io.mayfly.ec2.Ec2Calls.RefusedException;
import io.mayfly.ec2.LaunchResult.Launched;
import io.mayfly.ec2.LaunchResult.LaunchedBefore;
import io.mayfly.ec2.LaunchResult.Refused;
import io.mayfly.ec2.LaunchResult.Unanswered;
import io.mayfly.metrics.Measurements;
import io.mayfly.metrics.Metric;
import io.mayfly.outcome.UnavailableException;
import io.mayfly.time.Deadline;
import io.mayfly.time.TimeLimits;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.ec2.model.InstanceStateChange;
import software.amazon.awssdk.services.ec2.model.RunInstancesResponse;

/** The instances of EC2. */
@Singleton
public class Instances {

    private final Ec2Calls calls;
    private final TimeLimits limits;
    private final Measurements measurements;

    Instances(AwsClients clients, TimeLimits limits, Measurements measurements) {
        this.calls = new Ec2Calls(clients);
        this.limits = limits;
        this.measurements = measurements;
    }

    /** One try to launch, by one choice, as many as the request says at most. */
    public LaunchResult launch(LaunchRequest launch, Offering offering, Deadline deadline) {
        var request = RunInstances.request(launch, offering).build();
        var limit = deadline.limit(limits.runInstances());
        try {
            var answer = calls.ask("RunInstances", limit, client -> client.runInstances(request));
            return launched(answer, request.clientToken());
        } catch (RefusedException e) {
            var error = e.error();
            var kind = Ec2Error.of(error.code(), error.status());
            if (kind == Ec2Error.LAUNCHED_BEFORE) {
                return new LaunchedBefore(error.code().equals(Ec2Error.ENDED_SINCE));
            }
            // EC2 throttles before it looks at the client token, so to be throttled at the second sending does not tell
            // what became of the first; every other refusal does.
            return kind == Ec2Error.UNCERTAIN || (kind == Ec2Error.THROTTLED && error.repeated())
                    ? new Unanswered("EC2 failed: " + error)
                    : new Refused(kind, error);
        } catch (UnavailableException e) {
            return new Unanswered(String.valueOf(e.getMessage()));
        }
    }

    /** An answer that names another launch than ours was not meant for us. */
    private LaunchResult launched(RunInstancesResponse answer, String clientToken) {
        var ids = new ArrayList<String>();
        for (var instance : answer.instances()) {
            var token = instance.clientToken();
            if (token != null && !token.isEmpty() && !token.equals(clientToken)) {
                return new Unanswered("EC2 answered with the instance of another launch");
            }
            if (instance.instanceId() != null) {
                ids.add(instance.instanceId());
            }
        }
        if (ids.isEmpty()) {
            return new Unanswered("EC2 answered without an instance");
        }
        measurements.count(Metric.LAUNCHES, ids.size());
        return new Launched(ids);
    }

    /** All instances whose tags have the given values, in whatever state. */
    public List<Instance> withTags(Map<String, String> tags, Deadline deadline) {
        return withTags(tags, limits.describe(), deadline);
    }

    /** The same for the sweep, which has the time to read about a whole deployment. */
    public List<Instance> inventory(Map<String, String> tags, Deadline deadline) {
        return withTags(tags, limits.list(), deadline);
    }

    List<Instance> withTags(Map<String, String> tags, Duration limit, Deadline deadline) {
        return new InstanceListing(calls, limit).read(InstanceListing.request(tags), deadline);
    }

    /** An instance by its id, in whatever state; null where EC2 shows none. */
    public @Nullable Instance find(String id, Deadline deadline) {
        return new InstanceListing(calls, limits.describe())
                .read(InstanceListing.request(id), deadline).stream()
                        .filter(instance -> instance.id().equals(id))
                        .findFirst()
                        .orElse(null);
    }

    /** Terminates an instance; false where EC2 knows none of the id. */
    public boolean terminate(String id, Deadline deadline) {
        return !terminate(List.of(id), deadline).isEmpty();
    }

    /**
     * Terminates instances, in one call if EC2 knows all of them.
     *
     * @return the ids of those that it has ended
     */
    public Set<String> terminate(List<String> ids, Deadline deadline) {
        try {
            var answer = calls.ask(
                    "TerminateInstances",
                    deadline.limit(limits.terminate()),
                    client -> client.terminateInstances(request -> request.instanceIds(ids)));
            var ended = answer.terminatingInstances().stream()
                    .map(InstanceStateChange::instanceId)
                    .filter(ids::contains)
                    .collect(Collectors.toSet());
            measurements.count(Metric.TERMINATIONS, ended.size());
            return ended;
        } catch (RefusedException e) {
            if (!e.error().code().startsWith("InvalidInstanceID")) {
                throw Ec2Calls.failed("TerminateInstances", e.error());
            }
            // One that it does not know is enough for it to end none.
            return ids.size() == 1
                    ? Set.of()
                    : ids.stream().filter(id -> terminate(id, deadline)).collect(Collectors.toSet());
        }
    }

    /** Sets tags of an instance. */
    public void tag(String id, Map<String, String> tags, Deadline deadline) {
        tag(List.of(id), tags, deadline);
    }

    /** Sets tags of instances, in one call: of all of them or, where EC2 refuses one, of none. */
    public void tag(List<String> ids, Map<String, String> tags, Deadline deadline) {
        calls.make(
                "CreateTags",
                deadline.limit(limits.tag()),
                client -> client.createTags(request -> request.resources(ids).tags(RunInstances.tags(tags))));
    }

    /**
     * What an instance has written on its console, ended ones included; empty when EC2 has nothing. Only Nitro instances
     * show the latest, others what EC2 had buffered.
     */
    public String consoleOutput(String id, Deadline deadline) {
        try {
            return consoleOutput(id, true, deadline);
        } catch (RefusedException e) {
            if (!e.error().code().equals("UnsupportedOperation")) {
                throw Ec2Calls.failed("GetConsoleOutput", e.error());
            }
        }
        try {
            return consoleOutput(id, false, deadline);
        } catch (RefusedException e) {
            throw Ec2Calls.failed("GetConsoleOutput", e.error());
        }
    }

    private String consoleOutput(String id, boolean latest, Deadline deadline) {
        var output = calls.ask(
                        "GetConsoleOutput",
                        deadline.limit(limits.describe()),
                        client -> client.getConsoleOutput(
                                request -> request.instanceId(id).latest(latest)))
                .output();
        try {
            return output == null ? "" : new String(Base64.getMimeDecoder().decode(output), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new UnavailableException("EC2's answer to GetConsoleOutput is not base64");
        }
    }
}
