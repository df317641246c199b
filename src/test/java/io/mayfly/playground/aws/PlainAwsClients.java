package io.mayfly.playground.aws;

import java.net.URI;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ssm.SsmClient;

/** The real clients of one endpoint, which ask once only. */
public record PlainAwsClients(Ec2Client ec2, SsmClient ssm) implements AutoCloseable {

    public static PlainAwsClients of(URI endpoint) {
        StaticCredentialsProvider credentials =
                StaticCredentialsProvider.create(AwsBasicCredentials.create("AKIDPLAYGROUND", "secret"));
        return new PlainAwsClients(
                Ec2Client.builder()
                        .endpointOverride(endpoint)
                        .region(Region.US_EAST_1)
                        .credentialsProvider(credentials)
                        .httpClientBuilder(UrlConnectionHttpClient.builder())
                        .overrideConfiguration(c -> c.retryStrategy(DefaultRetryStrategy.doNotRetry()))
                        .build(),
                SsmClient.builder()
                        .endpointOverride(endpoint)
                        .region(Region.US_EAST_1)
                        .credentialsProvider(credentials)
                        .httpClientBuilder(UrlConnectionHttpClient.builder())
                        .overrideConfiguration(c -> c.retryStrategy(DefaultRetryStrategy.doNotRetry()))
                        .build());
    }

    @Override
    public void close() {
        ec2.close();
        ssm.close();
    }
}
