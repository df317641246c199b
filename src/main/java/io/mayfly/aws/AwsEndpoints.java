package io.mayfly.aws;

import io.mayfly.environment.Environment;
import io.mayfly.outcome.ConfigurationException;
import jakarta.inject.Singleton;
import java.net.URI;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.regions.PartitionMetadata;
import software.amazon.awssdk.regions.Region;

/** Where services of AWS are: where the environment says it, as the SDK reads it; else in the region. */
@Singleton
public class AwsEndpoints {

    static final String SETTINGS = "AWS_REGION, AWS_ENDPOINT_URL";
    static final String UNUSABLE = "missing or unusable";

    private final Environment environment;

    public AwsEndpoints(Environment environment) {
        this.environment = environment;
    }

    /** Where a service of the region is, which may be elsewhere by {@code AWS_ENDPOINT_URL}. */
    public URI of(String service, String region) {
        try {
            var override = override(service);
            return override == null
                    ? URI.create(
                            "https://" + service.toLowerCase(Locale.ROOT) + "." + region + "." + domain(region) + "/")
                    : override;
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(SETTINGS, UNUSABLE);
        }
    }

    /**
     * What the environment says instead of the region's; null where it says nothing.
     *
     * @param service as the SDK names it in {@code AWS_ENDPOINT_URL_…}
     */
    @Nullable
    URI override(String service) {
        var own = environment.get("AWS_ENDPOINT_URL_" + service);
        var url = own == null ? environment.get("AWS_ENDPOINT_URL") : own;
        if (url == null) {
            return null;
        }
        var endpoint = URI.create(url);
        if (endpoint.getScheme() == null || endpoint.getHost() == null) {
            throw new IllegalArgumentException("no URL with a host");
        }
        return endpoint;
    }

    private static String domain(String region) {
        return PartitionMetadata.of(Region.of(region)).dnsSuffix();
    }
}
