package io.mayfly.aws;

import io.mayfly.environment.Environment;
import io.mayfly.outcome.ConfigurationException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;

/** Who the function is to AWS, asked anew for each request: credentials expire, and are refreshed where they come from. */
final class FunctionCredentials {

    private final Environment environment;
    private @Nullable AwsCredentialsProvider chain;

    FunctionCredentials(Environment environment) {
        this.environment = environment;
    }

    /** In Lambda they are in the environment; the SDK's chain would look in many places first. */
    AwsCredentials resolve() {
        var key = environment.get("AWS_ACCESS_KEY_ID");
        var secret = environment.get("AWS_SECRET_ACCESS_KEY");
        if (key == null || secret == null) {
            return elsewhere();
        }
        var session = environment.get("AWS_SESSION_TOKEN");
        return session == null
                ? AwsBasicCredentials.create(key, secret)
                : AwsSessionCredentials.create(key, secret, session);
    }

    private AwsCredentials elsewhere() {
        try {
            return chain().resolveCredentials();
        } catch (SdkClientException e) {
            throw new ConfigurationException("AWS_ACCESS_KEY_ID", "is not set, and no other AWS credentials are found");
        }
    }

    private synchronized AwsCredentialsProvider chain() {
        if (chain == null) {
            chain = DefaultCredentialsProvider.builder().build();
        }
        return chain;
    }
}
