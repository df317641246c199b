package io.mayfly.aws;

import io.mayfly.outcome.ConfigurationException;
import io.mayfly.outcome.UnavailableException;
import io.mayfly.time.TimeLimits;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.ssm.SsmClient;

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

    private static final Logger LOG = Logger.getLogger(ParameterStore.class);

    private final AwsClients clients;
    private final TimeLimits limits;
    private @Nullable SsmClient client;

    public ParameterStore(AwsClients clients, TimeLimits limits) {
        this.clients = clients;
        this.limits = limits;
    }

    /**
     * The decrypted values of those names that exist.
     *
     * @param names at most 10, the limit of GetParameters
     */
    public Map<String, String> get(List<String> names) {
        try {
            var answer = clients.within(
                    limits.parameters(),
                    () -> client().getParameters(request -> request.names(names).withDecryption(true)));
            var values = new HashMap<String, String>();
            for (var parameter : answer.parameters()) {
                if (parameter != null && parameter.name() != null && parameter.value() != null) {
                    values.put(parameter.name(), parameter.value());
                }
            }
            return values;
        } catch (AwsServiceException e) {
            throw refused(e);
        } catch (SdkClientException e) {
            LOG.warnf("no answer from SSM why=%s", e.getMessage());
            throw new UnavailableException("SSM did not answer GetParameters");
        }
    }

    private static RuntimeException refused(AwsServiceException e) {
        var error = ServiceError.of(e);
        if (e.isThrottlingException() || e.statusCode() >= 500) {
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

    private synchronized SsmClient client() {
        if (client == null) {
            client = clients.configure(SsmClient.builder(), "SSM");
        }
        return client;
    }
}
