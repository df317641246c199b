package io.mayfly.playground.aws;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What was launched with which client token.
 *
 * @see <a href="https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html">Ensuring idempotency in
 *     Amazon EC2 API requests</a>
 */
final class ClientTokens {

    private record Use(Map<String, String> parameters, List<String> instances) {}

    private final Map<String, Use> uses = new HashMap<>();

    /** The instances the token launched, if it was used before; an error if that was with other parameters. */
    Optional<List<String>> find(@Nullable String token, Map<String, String> parameters) {
        Use use = uses.get(token);
        if (use == null) {
            return Optional.empty();
        }
        if (!use.parameters().equals(parameters)) {
            throw new AwsError(
                    "IdempotentParameterMismatch",
                    "Arguments on this idempotent request are inconsistent with arguments used in previous"
                            + " request(s).");
        }
        return Optional.of(use.instances());
    }

    void remember(@Nullable String token, Map<String, String> parameters, List<String> instances) {
        if (token != null) {
            uses.put(token, new Use(parameters, instances));
        }
    }

    void forget(@Nullable String token) {
        uses.remove(token);
    }
}
