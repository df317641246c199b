package io.mayfly.aws;

import io.mayfly.environment.Environment;
import io.mayfly.http.Connections;
import io.mayfly.metrics.Measurements;
import io.mayfly.outcome.ConfigurationException;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.StandardRetryStrategy;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.retries.api.RetryStrategy;

/** What all clients of AWS have in common. */
@Singleton
public class AwsClients {

    private final AwsHttpClient http;
    private final Environment environment;
    private final FunctionCredentials credentials;
    private final AwsEndpoints endpoints;
    private final InstantSource clock;

    public AwsClients(
            Connections connections, Environment environment, InstantSource clock, Measurements measurements) {
        this.http = new AwsHttpClient(connections, clock, measurements);
        this.environment = environment;
        this.credentials = new FunctionCredentials(environment);
        this.endpoints = new AwsEndpoints(environment);
        this.clock = clock;
    }

    /**
     * Builds a client. It repeats a call once, and only when the connection broke. The SDK's own retries would repeat
     * every 5xx, and EC2 says "no capacity" and "throttled" by 5xx, so they would silently eat GitHub's 10 seconds.
     *
     * @param service as the SDK names it in {@code AWS_ENDPOINT_URL_…}
     * @param filter of the answers
     */
    public <B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>, C> C configure(
            B builder, String service, ExecutionInterceptor filter) {
        try {
            credentials.resolve();
            builder.credentialsProvider(credentials::resolve);
            var region = environment.get("AWS_REGION");
            if (region != null) {
                builder.region(Region.of(region));
            }
            var endpoint = endpoints.override(service);
            if (endpoint != null) {
                builder.endpointOverride(endpoint);
            }
            return builder.httpClient(http)
                    .overrideConfiguration(client -> client.retryStrategy(onceMoreWhenTheConnectionBroke())
                            .addExecutionInterceptor(filter))
                    .build();
        } catch (SdkClientException | IllegalArgumentException e) {
            throw new ConfigurationException(AwsEndpoints.SETTINGS, AwsEndpoints.UNUSABLE);
        }
    }

    /** Makes a call of a client with a time limit for all its tries. */
    public <T> T within(Duration limit, Supplier<T> call) {
        return ScopedValue.where(AwsHttpClient.END, clock.instant().plus(limit)).call(call::get);
    }

    private static RetryStrategy onceMoreWhenTheConnectionBroke() {
        return StandardRetryStrategy.builder()
                .maxAttempts(2)
                .useClientDefaults(false)
                .backoffStrategy(BackoffStrategy.retryImmediately())
                .throttlingBackoffStrategy(BackoffStrategy.retryImmediately())
                .retryOnException(AwsClients::connectionBroke)
                .build();
    }

    private static boolean connectionBroke(Throwable failure) {
        for (var cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SocketTimeoutException) {
                return false;
            }
            if (cause instanceof IOException) {
                return true;
            }
        }
        return false;
    }
}
