package io.mayfly.aws;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.mayfly.json.JsonFields;
import io.mayfly.metrics.Service;
import io.mayfly.outcome.ConfigurationException;
import io.mayfly.outcome.UnavailableException;
import io.mayfly.time.TimeLimits;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** SSM Parameter Store. */
@Singleton
public class ParameterStore {

    private static final Set<String> CREDENTIALS = Set.of(
            "ExpiredTokenException",
            "IncompleteSignatureException",
            "InvalidClientTokenId",
            "InvalidSignatureException",
            "MissingAuthenticationToken",
            "UnrecognizedClientException");

    private final JsonCalls calls;
    private final TimeLimits limits;

    public ParameterStore(AwsCalls calls, TimeLimits limits) {
        this.calls = new JsonCalls(calls, Service.SSM, "AmazonSSM", "1.1");
        this.limits = limits;
    }

    /**
     * The decrypted values of those names that exist.
     *
     * @param names at most 10, the limit of GetParameters
     */
    public Map<String, String> get(List<String> names) {
        var input = JsonNodeFactory.instance.objectNode().put("WithDecryption", true);
        names.forEach(input.putArray("Names")::add);
        try {
            return calls.ask("GetParameters", input, limits.parameters(), ParameterStore::values);
        } catch (RefusedException e) {
            throw refused(e.error());
        }
    }

    private static Map<String, String> values(JsonFields answer) {
        var values = new HashMap<String, String>();
        for (var element : answer.neededArray("Parameters")) {
            var parameter = JsonFields.of("Parameters", element, "a parameter");
            values.put(parameter.neededText("Name"), parameter.neededText("Value"));
        }
        return values;
    }

    private static RuntimeException refused(ServiceError error) {
        if (error.isPassing()) {
            return new UnavailableException("SSM refused GetParameters: " + error, Duration.ofSeconds(5));
        }
        return new ConfigurationException(
                "MAYFLY_PARAMETERS", "SSM refused GetParameters" + hint(error) + ": " + error);
    }

    /** What has to be mended, where the answer says it. */
    private static String hint(ServiceError error) {
        var permission = error.permission();
        if (permission != null) {
            return ", for the function's role needs " + permission;
        }
        if (error.code().startsWith("AccessDenied")) {
            return ", for the function's role needs ssm:GetParameters on the path and kms:Decrypt on its key";
        }
        if (error.code().equals("InvalidKeyId") || error.code().startsWith("KMS")) {
            return ", for the KMS key of a parameter can't be used";
        }
        return CREDENTIALS.contains(error.code()) ? ", for it does not accept the function's AWS credentials" : "";
    }
}
