package io.mayfly.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import io.mayfly.metrics.Metric;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What must hold between the metrics and what the emulators have seen. An invocation that was answered has to account for
 * all that it did; one that was killed says nothing, so that in the sums what it did is a term of its own.
 */
final class Equations {

    private static final List<Metric> EFFECTS = List.of(
            Metric.LAUNCHES, Metric.TERMINATIONS, Metric.REGISTRATIONS, Metric.DEREGISTRATIONS, Metric.REDELIVERIES);

    private final History history;
    private final List<String> broken = new ArrayList<>();
    private final Set<String> toldLaunched = new HashSet<>();

    /** By environments: those of what had no line, which the next line there tells. */
    private final Map<String, Map<String, Integer>> untoldCalls = new HashMap<>();

    private int launches;
    private int answered;

    Equations(History history) {
        this.history = history;
    }

    /** An invocation that was answered. */
    void answered(Invocation invocation) {
        answered++;
        var seen = invocation.seen();
        var sweep = invocation.name().endsWith("(sweep)");
        var own = seen.lines(kind(invocation));
        if (own.isEmpty() && isOfNobody(invocation)) {
            add(seen.calls(), untoldCalls.computeIfAbsent(environment(invocation), name -> new TreeMap<>()));
            return;
        }
        if (own.size() != 1) {
            broken.add("lines of an answered invocation: " + invocation.name() + " wrote " + own.size());
            return;
        }
        var line = own.getFirst();
        var calls = new TreeMap<>(seen.calls());
        var untold = untoldCalls.remove(environment(invocation));
        if (untold != null) {
            add(untold, calls);
        }
        equal("calls by operation", invocation, calls, calls(line));
        for (var effect : EFFECTS) {
            equal(
                    effect.toString(),
                    invocation,
                    seen.effects(effect),
                    line.path(effect.toString()).asInt(0));
        }
        equal(
                "calls by service",
                invocation,
                calls.values().stream().mapToInt(Integer::intValue).sum(),
                line.path("GitHubCalls").asInt()
                        + line.path("Ec2Calls").asInt()
                        + line.path("SsmCalls").asInt()
                        + line.path("StsCalls").asInt()
                        + line.path("SqsCalls").asInt());
        var answer = Seen.json(invocation.body());
        if (sweep) {
            sweep(invocation, answer, line);
        } else if (invocation.isQueue()) {
            equal(
                    "instances in lines of launches",
                    invocation,
                    seen.lines("launch").stream()
                            .mapToInt(launch -> launch.path("BatchSize").asInt(0))
                            .sum(),
                    line.path("Launches").asInt(0));
        } else if (invocation.isClaim()) {
            equal(
                    "claims",
                    invocation,
                    invocation.status() == 200 ? 1 : 0,
                    line.path("Claims").asInt(0));
            equal(
                    "refused claims",
                    invocation,
                    invocation.status() == 200 ? 0 : 1,
                    line.path("ClaimsRefused").asInt(0));
        } else {
            webhook(invocation, answer, line);
        }
        toldLaunched.addAll(seen.launched());
        launches += line.path("Launches").asInt(0);
        history.count("metrics: launches", line.path("Launches").asInt(0));
        history.count("metrics: calls", sum(calls(line).values()));
        history.count("metrics: instances ended", seen.lines("end").size());
    }

    private static String kind(Invocation invocation) {
        if (invocation.isSweep()) {
            return "sweep";
        }
        return invocation.isQueue() ? "queue" : invocation.isClaim() ? "claim" : "webhook";
    }

    /** Whether the ticket or the signature was wrong: then there is no line, for anybody can send it. */
    private static boolean isOfNobody(Invocation invocation) {
        return invocation.status() == 401
                && (invocation.body().contains("ticket") || invocation.body().contains("signature is wrong"));
    }

    private static void add(Map<String, Integer> calls, Map<String, Integer> to) {
        calls.forEach((operation, count) -> to.merge(operation, count, Integer::sum));
    }

    private static String environment(Invocation invocation) {
        return invocation.name().substring(0, invocation.name().indexOf('.'));
    }

    private void webhook(Invocation invocation, JsonNode answer, JsonNode line) {
        var outcome = answer.path("outcome").asText(invocation.status() == 500 ? "failed" : "refused");
        equal("outcome of a delivery", invocation, outcome, line.path("Outcome").asText());
        equal(
                "instances ended",
                invocation,
                outcome.equals("terminated") ? answer.path("instanceIds").size() : 0,
                line.path("Terminations").asInt(0));
    }

    private void sweep(Invocation invocation, JsonNode answer, JsonNode line) {
        for (var part : Map.of(
                        "terminated", Metric.SWEEP_TERMINATED,
                        "withdrawn", Metric.SWEEP_WITHDRAWN,
                        "deregistered", Metric.SWEEP_DEREGISTERED,
                        "redelivered", Metric.SWEEP_REDELIVERED,
                        "errors", Metric.SWEEP_ERRORS)
                .entrySet()) {
            equal(
                    "report's " + part.getKey(),
                    invocation,
                    answer.path(part.getKey()).size(),
                    line.path(part.getValue().toString()).asInt(0));
        }
        equal(
                "instances launched",
                invocation,
                sum(answer.path("launched").findValues("count").stream()
                        .map(JsonNode::asInt)
                        .toList()),
                line.path(Metric.SWEEP_LAUNCHED.toString()).asInt(0));
        var launched = invocation.seen().lines("launch").stream()
                .filter(launch -> launch.path("Outcome").asText().equals("launched"))
                .count();
        equal("launch lines", invocation, answer.path("launched").size(), (int) launched);
        equal(
                "instances ended by the sweep",
                invocation,
                answer.path("terminated").size(),
                invocation.seen().lines("end").size());
        var pools = invocation.seen().lines("pool");
        for (var metric : List.of("JobsWaiting", "InstancesPending", "InstancesRunning", "FleetMinutes")) {
            equal(
                    metric + " of pools",
                    invocation,
                    line.path(metric).asInt(0),
                    pools.stream().mapToInt(pool -> pool.path(metric).asInt(0)).sum());
        }
    }

    /**
     * The sums at the end.
     *
     * @param invocations how many there were, answered or not
     * @param created ids of the instances that EC2 made for the deployments
     * @return what does not add up
     */
    List<String> atTheEnd(int invocations, Set<String> created) {
        var untold = new HashSet<>(created);
        untold.removeAll(toldLaunched);
        if (!created.containsAll(toldLaunched) || toldLaunched.size() + untold.size() != created.size()) {
            broken.add("instances created = instances told + those of which no answered invocation knew: "
                    + created.size() + " = " + toldLaunched.size() + " + " + untold.size());
        }
        history.count("metrics: launches told again", launches - toldLaunched.size());
        history.count("metrics: launches that no line counts", untold.size());
        history.count("metrics: invocations without a line", invocations - answered);
        return broken;
    }

    private static Map<String, Integer> calls(JsonNode line) {
        var calls = new TreeMap<String, Integer>();
        line.path("Calls")
                .properties()
                .forEach(call ->
                        calls.put(call.getKey(), call.getValue().path("Count").asInt()));
        return calls;
    }

    private static int sum(Collection<Integer> numbers) {
        return numbers.stream().mapToInt(Integer::intValue).sum();
    }

    private void equal(String what, Invocation invocation, Object seen, Object told) {
        if (!seen.equals(told)) {
            broken.add(what + ": " + invocation.name() + " did " + seen + " and told " + told);
        }
    }
}
