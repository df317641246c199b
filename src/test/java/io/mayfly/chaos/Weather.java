package io.mayfly.chaos;

import io.mayfly.playground.aws.AwsEmulator;
import io.mayfly.playground.wire.ServerResponse;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Which faults are in the air. A few of its fronts pass at any time, and single faults come out of the blue. */
final class Weather {

    /** A trouble that lasts for minutes. */
    enum Front {
        GITHUB_FAILS,
        GITHUB_IS_SLOW,
        GITHUB_LIMITS,
        GITHUB_LISTS_LAG,
        GITHUB_LISTS_OMIT,
        GITHUB_LIES_OF_DELETION,
        GITHUB_SHOWS_ODD_ENTRIES,
        EC2_FAILS,
        EC2_IS_SLOW,
        EC2_DESCRIBE_LAGS,
        EC2_THROTTLES,
        EC2_HAS_LITTLE_ROOM,
        EC2_HAS_NO_ROOM,
        EC2_ZONE_IS_SICK,
        SSM_FAILS,
        QUEUE_FAILS,
        STS_FAILS,
        CONNECTIONS_BREAK,
        CLAIMS_GET_LOST,
        DELIVERIES_ARE_DROPPED,
        DELIVERIES_ARE_LATE,
        FUNCTION_IS_KILLED,
        JOBS_ARE_HOSTILE,
        MACHINES_FAIL
    }

    /** In the zone that has trouble of its own. */
    static final String SICK_SUBNET = "subnet-0a0a0a0a";

    private static final double RARE = 0.004;

    private final Dice dice;
    private final History history;
    private final Set<Front> fronts = EnumSet.noneOf(Front.class);
    private final List<Front> possible;
    private final boolean steady;
    private boolean calm;

    /** @param steady whether all fronts stay */
    Weather(Dice dice, History history, Set<Front> possible, boolean steady) {
        this.steady = steady;
        this.possible = List.copyOf(new TreeSet<>(possible));
        this.dice = dice;
        this.history = history;
    }

    /** Other fronts come. */
    void change() {
        if (calm) {
            return;
        }
        fronts.clear();
        if (steady) {
            fronts.addAll(possible);
        }
        for (var count = dice.below(Math.min(4, possible.size() + 1)); count > 0; count--) {
            fronts.add(dice.pick(possible));
        }
        history.add("weather " + fronts);
    }

    /** Nothing fails any more. */
    void calmDown() {
        calm = true;
        fronts.clear();
        history.add("weather calm");
    }

    boolean isCalm() {
        return calm;
    }

    boolean has(Front front) {
        return fronts.contains(front);
    }

    /** Whether something happens that is likely while a front passes, and rare else. */
    boolean strikes(Front front, double inside, double outside) {
        return !calm && dice.chance(fronts.contains(front) ? inside : possible.contains(front) ? outside : 0);
    }

    boolean isSteady() {
        return steady;
    }

    /** Whether GitHub may say that there are too many calls, however few there are. */
    boolean mayLimit() {
        return possible.contains(Front.GITHUB_LIMITS);
    }

    CallOutcome github() {
        var latency = dice.chance(0.03) ? dice.millis(400, 1200) : dice.millis(60, 400);
        if (strikes(Front.GITHUB_IS_SLOW, 0.3, RARE)) {
            return slow("slow", dice.millis(900, 4000));
        }
        if (strikes(Front.GITHUB_FAILS, 0.3, RARE)) {
            var status = dice.pick(List.of(500, 502, 503));
            var told = error(status, "Server Error");
            return switch (dice.below(4)) {
                case 0 -> new CallOutcome(status + ", done", latency.dividedBy(2), latency, told, false);
                case 1 -> new CallOutcome("502 after 10 s", null, Duration.ofSeconds(10), told, false);
                default -> new CallOutcome(status + "", null, latency, told, false);
            };
        }
        if (strikes(Front.GITHUB_LIMITS, 0.4, RARE)) {
            return new CallOutcome("rate limit", null, latency, limited(), false);
        }
        return connection(latency);
    }

    private ServerResponse limited() {
        var message = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";
        return switch (dice.below(3)) {
            case 0 -> error(403, message);
            case 1 -> withRetryAfter(error(429, message));
            default -> withRetryAfter(error(403, message));
        };
    }

    static ServerResponse withRetryAfter(ServerResponse response) {
        var headers = new java.util.LinkedHashMap<>(response.headers());
        headers.put("Retry-After", "60");
        return new ServerResponse(response.status(), headers, response.body());
    }

    static ServerResponse error(int status, String message) {
        return new ServerResponse(
                status,
                Map.of("Content-Type", "application/json; charset=utf-8"),
                "{\"message\":\"" + message + "\",\"status\":\"" + status + "\"}");
    }

    CallOutcome ec2(String operation) {
        var latency = operation.equals("RunInstances") ? dice.millis(500, 1600) : dice.millis(60, 350);
        if (strikes(Front.EC2_IS_SLOW, 0.3, RARE)) {
            return slow("slow", dice.millis(1200, 7000));
        }
        if (strikes(Front.EC2_FAILS, 0.3, RARE)) {
            var code = dice.pick(List.of("InternalError", "Unavailable", "ServiceUnavailable"));
            var told = AwsEmulator.refusal("ec2", code, 0);
            return dice.chance(0.4)
                    ? new CallOutcome(code + ", done", latency.dividedBy(2), latency, told, false)
                    : new CallOutcome(code, null, latency, told, false);
        }
        if (strikes(Front.EC2_THROTTLES, 0.5, RARE)) {
            return new CallOutcome(
                    "throttled", null, latency, AwsEmulator.refusal("ec2", "RequestLimitExceeded", 0), false);
        }
        return connection(latency);
    }

    CallOutcome ssm() {
        var latency = dice.millis(15, 80);
        if (strikes(Front.SSM_FAILS, 0.5, RARE)) {
            return switch (dice.below(3)) {
                case 0 -> slow("slow", dice.millis(500, 3000));
                case 1 ->
                    new CallOutcome(
                            "InternalServerError",
                            null,
                            latency,
                            AwsEmulator.refusal("ssm", "InternalServerError", 500),
                            false);
                default ->
                    new CallOutcome(
                            "ThrottlingException",
                            null,
                            latency,
                            AwsEmulator.refusal("ssm", "ThrottlingException", 400),
                            false);
            };
        }
        return CallOutcome.good(latency);
    }

    CallOutcome sqs() {
        var latency = dice.millis(8, 60);
        if (strikes(Front.QUEUE_FAILS, 0.3, RARE)) {
            return switch (dice.below(3)) {
                case 0 -> slow("slow", dice.millis(500, 3000));
                case 1 ->
                    new CallOutcome(
                            "ServiceUnavailable",
                            null,
                            latency,
                            AwsEmulator.refusal("sqs", "ServiceUnavailable", 503),
                            false);
                default ->
                    new CallOutcome(
                            "RequestThrottled",
                            null,
                            latency,
                            AwsEmulator.refusal("sqs", "RequestThrottled", 400),
                            false);
            };
        }
        return connection(latency);
    }

    CallOutcome sts() {
        var latency = dice.millis(20, 90);
        if (strikes(Front.STS_FAILS, 0.4, RARE)) {
            return switch (dice.below(3)) {
                case 0 -> slow("slow", dice.millis(500, 4000));
                case 1 ->
                    new CallOutcome(
                            "ServiceUnavailable",
                            null,
                            latency,
                            AwsEmulator.refusal("sts", "ServiceUnavailable", 503),
                            false);
                default ->
                    new CallOutcome("Throttling", null, latency, AwsEmulator.refusal("sts", "Throttling", 400), false);
            };
        }
        return connection(latency);
    }

    /** The service does it at once, and says so late. */
    private CallOutcome slow(String name, Duration latency) {
        var done = dice.millis(10, 800);
        return new CallOutcome(name, done.compareTo(latency) < 0 ? done : latency.dividedBy(2), latency, null, false);
    }

    private CallOutcome connection(Duration latency) {
        if (!strikes(Front.CONNECTIONS_BREAK, 0.2, RARE)) {
            return CallOutcome.good(latency);
        }
        return switch (dice.below(4)) {
            case 0 -> new CallOutcome("connection broke", null, latency, null, true);
            case 1 -> new CallOutcome("connection broke, done", latency.dividedBy(2), latency, null, true);
            case 2 -> new CallOutcome("no answer", null, null, null, false);
            default -> new CallOutcome("no answer, done", latency.dividedBy(2), null, null, false);
        };
    }
}
