package io.mayfly.aws;

import io.mayfly.outcome.ConfigurationException;
import io.mayfly.outcome.Excerpt;
import io.mayfly.outcome.UnavailableException;
import io.mayfly.time.TimeLimits;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.ssm.SsmClient;

/** SSM Parameter Store. */
@Singleton
public class ParameterStore {

    /** Characters of an error's code, and of a request's id. */
    private static final int SHOWN = 80;

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
        var details = e.awsErrorDetails();
        var code = details == null || details.errorCode() == null ? "" : Excerpt.of(details.errorCode(), SHOWN);
        if (e.isThrottlingException() || e.statusCode() >= 500) {
            return new UnavailableException("SSM refused GetParameters: " + code, Duration.ofSeconds(5));
        }
        return new ConfigurationException(
                "MAYFLY_PARAMETERS",
                "SSM refused GetParameters: " + code
                        + "; the function's role needs ssm:GetParameters on the path and kms:Decrypt on its key (request "
                        + Excerpt.of(String.valueOf(e.requestId()), SHOWN) + ")");
    }

    private synchronized SsmClient client() {
        if (client == null) {
            client = clients.configure(SsmClient.builder(), "SSM");
        }
        return client;
    }
}
