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
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.StandardRetryStrategy;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.retries.api.RetryStrategy;

/** What all clients of AWS have in common. */
@Singleton
public class AwsClients {

    private final AwsHttpClient http;
    private final Environment environment;
    private final AwsEndpoints endpoints;
    private final InstantSource clock;

    public AwsClients(
            Connections connections, Environment environment, InstantSource clock, Measurements measurements) {
        this.http = new AwsHttpClient(connections, clock, measurements);
        this.environment = environment;
        this.endpoints = new AwsEndpoints(environment);
        this.clock = clock;
    }

    /**
     * Builds a client. It repeats a call once, and only when the connection broke. The SDK's own retries would repeat
     * every 5xx, and EC2 says "no capacity" and "throttled" by 5xx, so they would silently eat GitHub's 10 seconds.
     *
     * @param service as the SDK names it in {@code AWS_ENDPOINT_URL_…}
     */
    public <B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>, C> C configure(B builder, String service) {
        try {
            builder.credentialsProvider(credentials());
            var region = environment.get("AWS_REGION");
            if (region != null) {
                builder.region(Region.of(region));
            }
            var endpoint = endpoints.override(service);
            if (endpoint != null) {
                builder.endpointOverride(endpoint);
            }
            return builder.httpClient(http)
                    .overrideConfiguration(client -> client.retryStrategy(onceMoreWhenTheConnectionBroke()))
                    .build();
        } catch (SdkClientException | IllegalArgumentException e) {
            throw new ConfigurationException(AwsEndpoints.SETTINGS, AwsEndpoints.UNUSABLE);
        }
    }

    /** Makes a call of a client with a time limit for all its tries. */
    public <T> T within(Duration limit, Supplier<T> call) {
        return ScopedValue.where(AwsHttpClient.END, clock.instant().plus(limit)).call(call::get);
    }

    /** In Lambda they are in the environment; the SDK's chain would look in many places first. */
    private AwsCredentialsProvider credentials() {
        var key = environment.get("AWS_ACCESS_KEY_ID");
        var secret = environment.get("AWS_SECRET_ACCESS_KEY");
        if (key != null && secret != null) {
            var session = environment.get("AWS_SESSION_TOKEN");
            return StaticCredentialsProvider.create(
                    session == null
                            ? AwsBasicCredentials.create(key, secret)
                            : AwsSessionCredentials.create(key, secret, session));
        }
        var chain = DefaultCredentialsProvider.builder().build();
        try {
            chain.resolveCredentials();
            return chain;
        } catch (SdkClientException e) {
            throw new ConfigurationException("AWS_ACCESS_KEY_ID", "is not set, and no other AWS credentials are found");
        }
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
