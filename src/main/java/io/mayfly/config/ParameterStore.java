package io.mayfly.config;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.ssm.SsmClient;

/** SSM Parameter Store. */
@Singleton
public class ParameterStore {

    private final TimeLimits limits;
    private @Nullable SsmClient client;

    public ParameterStore(TimeLimits limits) {
        this.limits = limits;
    }

    /**
     * The decrypted values of those names that exist.
     *
     * @param names at most 10, the limit of GetParameters
     */
    Map<String, String> get(List<String> names) {
        try {
            var answer = client().getParameters(request -> request.names(names)
                    .withDecryption(true)
                    .overrideConfiguration(call -> call.apiCallTimeout(limits.parameters())));
            var values = new HashMap<String, String>();
            answer.parameters().forEach(parameter -> values.put(parameter.name(), parameter.value()));
            return values;
        } catch (AwsServiceException e) {
            throw refused(e);
        } catch (SdkClientException e) {
            throw new UnavailableException("SSM did not answer GetParameters");
        }
    }

    private static RuntimeException refused(AwsServiceException e) {
        var code = e.awsErrorDetails() == null ? "" : e.awsErrorDetails().errorCode();
        if (e.isThrottlingException() || e.statusCode() >= 500) {
            return new UnavailableException("SSM refused GetParameters: " + code, Duration.ofSeconds(5));
        }
        return new ConfigurationException(
                "MAYFLY_PARAMETERS",
                "SSM refused GetParameters: " + code
                        + "; the function's role needs ssm:GetParameters on the path and kms:Decrypt on its key (request "
                        + e.requestId() + ")");
    }

    private synchronized SsmClient client() {
        if (client == null) {
            client = AwsClients.configure(SsmClient.builder());
        }
        return client;
    }
}
