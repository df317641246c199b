package io.mayfly.playground.aws;

import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The request limits of an account, off by default.
 *
 * @see <a href="https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html">Request throttling for the
 *     Amazon EC2 API</a>
 */
public final class Throttling {

    private record Limit(int capacity, double perSecond) {}

    private static final Limit DESCRIBE = new Limit(100, 20);
    /** Shared by all calls of the Parameter Store. */
    private static final Limit SSM = new Limit(40, 40);

    /** Of an account and region, shared by six actions. */
    private static final Limit STS = new Limit(600, 600);

    private static final Map<String, Limit> MUTATING = Map.of(
            "RunInstances", new Limit(5, 2),
            "TerminateInstances", new Limit(100, 5),
            "CreateTags", new Limit(100, 10));

    private final InstantSource clock;
    private final Map<String, ThrottleBucket> buckets = new ConcurrentHashMap<>();
    private volatile boolean on;

    Throttling(InstantSource clock) {
        this.clock = clock;
    }

    /** Begins with full buckets. */
    public void on() {
        buckets.clear();
        on = true;
    }

    public void off() {
        on = false;
    }

    void checkEc2(String action) {
        if (!take(action, MUTATING.getOrDefault(action, DESCRIBE))) {
            throw new AwsError("RequestLimitExceeded", "Request limit exceeded.");
        }
    }

    void checkSsm() {
        if (!take("ssm", SSM)) {
            throw new AwsError("ThrottlingException", "Rate exceeded");
        }
    }

    void checkSts() {
        if (!take("sts", STS)) {
            throw new AwsError("Throttling", "Rate exceeded");
        }
    }

    private boolean take(String name, Limit limit) {
        return !on
                || buckets.computeIfAbsent(
                                name, key -> new ThrottleBucket(limit.capacity(), limit.perSecond(), clock.instant()))
                        .take(clock.instant());
    }
}
