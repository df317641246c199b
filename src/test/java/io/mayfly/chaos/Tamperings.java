package io.mayfly.chaos;

import io.mayfly.claim.ClaimMutants;
import io.mayfly.http.Request;
import io.mayfly.playground.aws.AwsEmulator;
import io.mayfly.playground.wire.ServerResponse;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/** What mutants change on the wire, where no bean can be replaced. */
final class Tamperings {

    private Tamperings() {}

    static final Network.Tampering RANDOM_CLIENT_TOKEN = randomToken(body -> true);

    static final Network.Tampering RANDOM_TOKEN_OF_A_BATCH = randomToken(body -> !body.contains("MaxCount=1&"));

    private static Network.Tampering randomToken(Predicate<String> of) {
        return new Network.Tampering() {

            private int count;

            @Override
            public Request request(String operation, Request request) {
                var body = new String(request.body(), StandardCharsets.UTF_8);
                if (!operation.equals("RunInstances") || !of.test(body)) {
                    return request;
                }
                var other = body.replaceFirst("ClientToken=[^&]*", "ClientToken=random-" + ++count);
                return new Request(
                        request.method(), request.uri(), request.headers(), other.getBytes(StandardCharsets.UTF_8));
            }
        };
    }

    /** As if the scope in the path were {@code repos/OWNER/NAME#}: nothing that follows is sent. */
    static final Network.Tampering TAG_AS_PATH = new Network.Tampering() {

        @Override
        public Request request(String operation, Request request) {
            var cut = URI.create(request.uri().toString().replaceFirst("/actions/runners/[0-9]+$", ""));
            return operation.equals("delete-runner")
                    ? new Request(request.method(), cut, request.headers(), request.body())
                    : request;
        }
    };

    /** As if an account that has no login made the whole list one that is not understood. */
    static final Network.Tampering BLINDED =
            body("list-installations", list -> list.contains("\"slug\"") ? "{}" : list);

    /** As if queued and in_progress were all states of a run that is not over. */
    static final Network.Tampering KNOWN_STATES_ONLY = body(
            "list-runs",
            runs -> runs.replaceAll("\\{\"id\":[^{}]*\"status\":\"(?!queued|in_progress|completed)[^{}]*},?", "")
                    .replace(",]", "]"));

    static final Network.Tampering ONE_PAGE_OF_INSTANCES =
            body("DescribeInstances", page -> page.replaceFirst("<nextToken>[^<]*</nextToken>", ""));

    /** A client of numbered pages goes on while a page is full: here no page is. */
    static final Network.Tampering ONE_PAGE_OF_LISTS = new Network.Tampering() {

        private static final int FULL = 100;
        private static final int NOT_FULL = 90;
        private static final Pattern FIRST = Pattern.compile("\"runners\":\\[\\{.*?},\\{\"id\"", Pattern.DOTALL);

        @Override
        public ServerResponse response(String operation, ServerResponse response) {
            if (!operation.equals("list-runners") || runners(response.body()) < FULL) {
                return response;
            }
            var body = response.body();
            // Odd entries fill a page too.
            while (runners(body) > NOT_FULL) {
                body = FIRST.matcher(body).replaceFirst("\"runners\":[{\"id\"");
            }
            return new ServerResponse(response.status(), response.headers(), body);
        }

        private static int runners(String body) {
            return body.split("\"runner_group_id\"", -1).length - 1;
        }
    };

    static final Network.Tampering ONE_PAGE_OF_DELIVERIES = new Network.Tampering() {

        @Override
        public ServerResponse response(String operation, ServerResponse response) {
            return operation.equals("list-deliveries")
                    ? new ServerResponse(response.status(), Map.of("Content-Type", "application/json"), response.body())
                    : response;
        }
    };

    static final Network.Tampering QUEUED_RUNS_ONLY = withoutRuns("\"status\":\"in_progress\"");

    static final Network.Tampering NO_RUNS = withoutRuns("");

    private static Network.Tampering withoutRuns(String ofStatus) {
        return new Network.Tampering() {

            @Override
            public ServerResponse response(String operation, ServerResponse response) {
                return operation.equals("list-runs")
                                && response.status() == 200
                                && response.body().contains(ofStatus)
                        ? new ServerResponse(200, response.headers(), "{\"total_count\":0,\"workflow_runs\":[]}")
                        : response;
            }
        };
    }

    /** Whose instance the body of the claim says it is. */
    static final Network.Tampering BODY_NAMES_THE_INSTANCE = body("GetCallerIdentity", answer -> {
        var instance = Seen.json(ClaimMutants.body()).path("instance").asText();
        return instance.isEmpty() ? answer : answer.replaceAll("i-[0-9a-f]{8,}", instance);
    });

    /** Every account is ours. */
    static final Network.Tampering ANY_ACCOUNT =
            body("GetCallerIdentity", answer -> answer.replaceAll("[0-9]{12}", AwsEmulator.ACCOUNT));

    /** As if the request to STS were the one that the client has written. */
    static final Network.Tampering FORWARDED = new Network.Tampering() {

        @Override
        public Request request(String operation, Request request) {
            var audience = operation.equals("GetCallerIdentity")
                    ? Seen.json(ClaimMutants.body()).path("audience").asText()
                    : "";
            if (audience.isEmpty()) {
                return request;
            }
            var headers = new LinkedHashMap<>(request.headers());
            headers.put("X-Mayfly-Audience", audience);
            return new Request(request.method(), request.uri(), headers, request.body());
        }
    };

    /** As if an instance had all the time in the world to claim. */
    static final Network.Tampering UNCLAIMED_FOR_EVER = body(
            "DescribeInstances",
            instances -> instances.replaceAll(
                    "(<key>mayfly:timeouts</key><value>)[0-9]+/[0-9]+/[0-9]+(</value>)", "$1432000/432000/432000$2"));

    /** Changes what a service answers, good or bad. */
    private static Network.Tampering body(String tampered, UnaryOperator<String> change) {
        return new Network.Tampering() {

            @Override
            public ServerResponse response(String operation, ServerResponse response) {
                return operation.equals(tampered)
                        ? new ServerResponse(response.status(), response.headers(), change.apply(response.body()))
                        : response;
            }
        };
    }
}
