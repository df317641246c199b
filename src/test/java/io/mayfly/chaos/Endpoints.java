package io.mayfly.chaos;

import io.mayfly.chaos.Violation.Promise;
import io.mayfly.http.Request;
import io.mayfly.playground.aws.AwsEmulator;
import io.mayfly.playground.wire.ServerResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;

/** What the network leads to: GitHub and AWS. */
final class Endpoints implements Network.Services {

    /** 9 s of a webhook, and what a clock may be off. */
    private static final Duration WEBHOOK = Duration.ofMillis(10_500);

    /** 20 s of a claim, and what a clock may be off. */
    private static final Duration CLAIM = Duration.ofMillis(21_500);

    /** 50 s of what hangs, and what a clock may be off. */
    private static final Duration QUEUE = Duration.ofMillis(51_500);

    private static final Duration SWEEP = Duration.ofMillis(58_500);
    /** A sweep starts no work after 45 s; a call whose connection broke is begun once more. */
    private static final Duration SWEEP_STARTS = Duration.ofSeconds(50);

    private final World world;
    private final Violations violations;
    private final RoutePromises routes;
    private final FaultyGitHub github;
    private final FaultyAws aws;

    Endpoints(World world, Violations violations, RoutePromises routes, FaultyGitHub github, FaultyAws aws) {
        this.world = world;
        this.violations = violations;
        this.routes = routes;
        this.github = github;
        this.aws = aws;
    }

    @Override
    public String operation(String environment, Request request) {
        var headers = new LinkedHashMap<String, String>();
        request.headers().forEach((name, value) -> headers.put(name.toLowerCase(Locale.ROOT), value));
        return headers.containsKey("x-amz-date")
                ? AwsEmulator.operation(headers, new String(request.body(), StandardCharsets.UTF_8))
                : github.operation(request.method(), Network.target(request));
    }

    @Override
    public String about(Network.Call call) {
        if (call.aws) {
            return Ec2Parameters.of(call).about(call.operation);
        }
        return call.operation.equals("generate-jitconfig")
                ? call.target + " " + Seen.json(call.body).path("name").asText()
                : call.target;
    }

    @Override
    public void begins(Network.Call call) {
        var invocation = call.invocation;
        var limit = limit(call);
        if (Duration.between(invocation.began(), world.time().instant()).compareTo(limit) > 0) {
            violations.add(
                    Promise.EVERY_INVOCATION_KEEPS_ITS_TIME,
                    invocation.name() + " began " + call.operation + " after " + limit,
                    List.of(invocation.name()));
        }
        if (!call.aws) {
            routes.check(call);
        }
    }

    private static Duration limit(Network.Call call) {
        if (call.invocation.isClaim()) {
            return CLAIM;
        }
        if (call.invocation.isQueue()) {
            return QUEUE;
        }
        if (!call.invocation.isSweep()) {
            return WEBHOOK;
        }
        return call.operation.equals("redeliver") ? SWEEP_STARTS : SWEEP;
    }

    @Override
    public ServerResponse carryOut(Network.Call call) {
        return call.aws ? aws.carryOut(call) : github.carryOut(call);
    }
}
