package io.mayfly.playground.aws;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What was launched with which client token. A token with a subnet is zonal: it completes once in each zone.
 *
 * @see <a href="https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html">Ensuring idempotency in
 *     Amazon EC2 API requests</a>
 */
final class ClientTokens {

    private record Key(String token, String zone) {}

    private record Use(Map<String, String> parameters, List<String> instances) {}

    private final Map<Key, Use> uses = new HashMap<>();
    private volatile BooleanSupplier overlooks = () -> false;

    /** Whether a token that comes again with other parameters gets what it launched, and no error: EC2 may do either. */
    void overlooks(BooleanSupplier value) {
        overlooks = value;
    }

    /** The instances the token launched in the zone, if it was used there before. */
    Optional<List<String>> find(EmulatedLaunch launch, Map<String, String> parameters) {
        Use use = launch.clientToken() == null ? null : uses.get(key(launch, launch.clientToken()));
        if (use == null) {
            return Optional.empty();
        }
        if (!use.parameters().equals(parameters) && !overlooks.getAsBoolean()) {
            throw new AwsError(
                    "IdempotentParameterMismatch",
                    "Arguments on this idempotent request are inconsistent with arguments used in previous"
                            + " request(s).");
        }
        return Optional.of(use.instances());
    }

    void remember(EmulatedLaunch launch, Map<String, String> parameters, List<String> instances) {
        @Nullable String token = launch.clientToken();
        if (token != null) {
            uses.put(key(launch, token), new Use(parameters, instances));
        }
    }

    void forget(EmulatedLaunch launch) {
        @Nullable String token = launch.clientToken();
        if (token != null) {
            uses.remove(key(launch, token));
        }
    }

    private static Key key(EmulatedLaunch launch, String token) {
        return new Key(token, launch.zone());
    }
}
