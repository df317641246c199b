package io.mayfly.config;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.retries.StandardRetryStrategy;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.retries.api.RetryStrategy;

/** What all clients of AWS have in common. */
public final class AwsClients {

    /** No call may take longer; each has a tighter limit of its own. */
    private static final Duration SOCKET_TIMEOUT = Duration.ofSeconds(8);

    private AwsClients() {}

    /**
     * Builds a client over the JDK's URL connection. It repeats a call once, and only when the connection broke, as one
     * does that died while Lambda had frozen it. The SDK's own retries would repeat every 5xx, and EC2 says
     * "no capacity" and "throttled" by 5xx, so they would silently eat GitHub's 10 seconds.
     */
    public static <B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>, C> C configure(B builder) {
        try {
            return builder.httpClientBuilder(UrlConnectionHttpClient.builder()
                            .connectionTimeout(Duration.ofSeconds(2))
                            .socketTimeout(SOCKET_TIMEOUT))
                    .credentialsProvider(credentials())
                    .overrideConfiguration(client -> client.retryStrategy(onceMoreWhenTheConnectionBroke()))
                    .build();
        } catch (SdkClientException e) {
            throw new ConfigurationException("AWS_REGION", "is not set");
        }
    }

    private static AwsCredentialsProvider credentials() {
        return System.getenv("AWS_ACCESS_KEY_ID") != null
                ? EnvironmentVariableCredentialsProvider.create()
                : DefaultCredentialsProvider.builder().build();
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
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SocketTimeoutException || cause instanceof InterruptedIOException) {
                return false;
            }
            if (cause instanceof IOException) {
                return true;
            }
        }
        return false;
    }
}
