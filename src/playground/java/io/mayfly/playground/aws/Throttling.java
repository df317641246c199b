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

    /** RunInstances counts instances too, a second time. */
    private static final Limit INSTANCES = new Limit(1000, 2);

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

    /** @param instances that the call asks for; 0 for other calls */
    void checkEc2(String action, int instances) {
        if (!take(action, 1, MUTATING.getOrDefault(action, DESCRIBE)) || !take("instances", instances, INSTANCES)) {
            throw new AwsError("RequestLimitExceeded", "Request limit exceeded.");
        }
    }

    void checkSsm() {
        if (!take("ssm", 1, SSM)) {
            throw new AwsError("ThrottlingException", "Rate exceeded");
        }
    }

    void checkSts() {
        if (!take("sts", 1, STS)) {
            throw new AwsError("Throttling", "Rate exceeded");
        }
    }

    private boolean take(String name, int number, Limit limit) {
        return !on
                || buckets.computeIfAbsent(
                                name, key -> new ThrottleBucket(limit.capacity(), limit.perSecond(), clock.instant()))
                        .take(number, clock.instant());
    }
}
